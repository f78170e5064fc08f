import type { Delivery } from '../shared/queue-consumer.ts';
import type { Share } from './domain/share.ts';

/** Where posts are shared. */
export interface SocialNetwork {
  /**
   * Shares a post: once, however often it is asked.
   *
   * @param delivery says how much time there is.
   * @returns the network's id of it, where it tells one.
   * @throws PassingFailure when the network does not answer, or is left alone for a while because it did not.
   * @throws PermanentFailure when it refuses.
   */
  share(
    share: Share,
    delivery: Pick<Delivery, 'remainingTimeInMs'>,
  ): Promise<{ readonly share_id: string | undefined }>;
}
