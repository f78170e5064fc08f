import type { PostPublished } from '../../contracts/posts.ts';
import type { Delivery, Handled } from '../shared/queue-consumer.ts';
import type { VersionedStates } from '../shared/versioned-items.ts';
import { type ShareState, shareOf } from './domain/share.ts';
import type { SocialNetwork } from './social-network.ts';

export interface PostSharingPorts {
  readonly network: SocialNetwork;
  readonly shares: VersionedStates<ShareState>;
}

/**
 * Shares each post once. Two deliveries at the same time, or one that dies before it recorded what it did, ask
 * the network twice under one key, by which the network knows the second; what comes after that finds the record.
 */
export function postSharing({ network, shares }: PostSharingPorts) {
  return async (post: PostPublished, delivery: Delivery): Promise<Handled> => {
    const { post_id } = post;
    const seen = await shares.read(post_id);
    if (seen !== undefined) return { outcome: 'shared_before' };
    const { share_id } = await network.share(shareOf(post), delivery);
    const shared_at = new Date().toISOString();
    await shares.write(post_id, { status: 'shared', share_id: share_id ?? null, shared_at }, undefined);
    return { outcome: 'shared', details: { share_id } };
  };
}
