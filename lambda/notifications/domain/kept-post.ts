import { createHash } from 'node:crypto';
import type { PostPublished } from '../../../contracts/posts.ts';

/** What tells one post from another under the same id, however often and whenever each was published. */
export function digestOf({ title, author, content = '' }: PostPublished): string {
  return createHash('sha256')
    .update(JSON.stringify([title, author, content]))
    .digest('hex');
}

/** Characters in one item: 100,000 of four bytes each are less than the 400 KB that DynamoDB takes. */
const partLength = 100_000;

/** The content of a post in parts, each of which an item can hold; one, and empty, where there is no content. */
export function partsOf({ content = '' }: Pick<PostPublished, 'content'>): readonly [string, ...string[]] {
  // By characters, not by halves of them.
  const [first = '', ...others] = content.match(new RegExp(`[^]{1,${partLength}}`, 'gu')) ?? [];
  return [first, ...others];
}
