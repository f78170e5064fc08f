import type { PostPublished } from '../../contracts/posts.ts';
import { PermanentFailure } from '../shared/failures.ts';
import type { Handled } from '../shared/queue-consumer.ts';
import { digestOf, partsOf } from './domain/kept-post.ts';

/** Another post has this id. */
export class PostIdTakenError extends PermanentFailure {
  override readonly name = 'PostIdTakenError';
}

/** A post as it is kept. */
export interface KeptPost {
  readonly post_id: string;
  readonly title: string;
  readonly author: string;
  readonly published_at: string;
  readonly digest: string;
  readonly parts: readonly [string, ...string[]];
}

/** Where posts are kept. */
export interface PostArchive {
  /**
   * Keeps a post, all of it or nothing, if there is none of its id.
   *
   * @returns the digest of the post that has the id, from now on or from before.
   * @throws ConflictError when the same post is being kept at this moment.
   */
  keep(post: KeptPost): Promise<{ readonly isNew: boolean; readonly digest: string }>;
}

export interface PostKeepingPorts {
  readonly archive: PostArchive;
}

/** Keeps each post once; a post that comes again, however late, changes nothing. */
export function postKeeping({ archive }: PostKeepingPorts) {
  return async (post: PostPublished): Promise<Handled> => {
    const { post_id, title, author, published_at } = post;
    const digest = digestOf(post);
    const parts = partsOf(post);
    const kept = await archive.keep({ post_id, title, author, published_at, digest, parts });
    if (kept.digest !== digest) {
      throw new PostIdTakenError(
        `Another post has the id ${post_id}: it was published past the intake, which refuses that. ` +
          'Publish this one under a new id, and delete the message.',
      );
    }
    return { outcome: kept.isNew ? 'kept' : 'kept_before', details: { parts: parts.length } };
  };
}
