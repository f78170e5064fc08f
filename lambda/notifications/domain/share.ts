import type { PostPublished } from '../../../contracts/posts.ts';
import { shortened } from '../../../contracts/protocol-texts.ts';

/** What a social network is told of a post. */
export interface Share {
  readonly post_id: string;
  readonly text: string;
}

/** That a post was shared, and under which id the network has it, where it tells. */
export interface ShareState {
  readonly status: 'shared';
  readonly share_id: string | null;
  readonly shared_at: string;
}

/** As much as most networks take. */
const maxTextLength = 280;

export function shareOf({ post_id, title, author }: PostPublished): Share {
  const ending = `, by ${author}`;
  return { post_id, text: `${shortened(title, maxTextLength - ending.length)}${ending}` };
}
