import type { StoredTopic } from '../message-store.ts';
import type { Publication } from './publication.ts';

/** How long a FIFO topic remembers a deduplication id. */
const WINDOW_MS = 5 * 60 * 1000;

export interface Published {
  readonly id: string;
  /** Of FIFO topics alone. */
  readonly sequenceNumber: string | undefined;
}

/**
 * Lets a FIFO topic pass a message on once, however often it is published, whatever queues are subscribed.
 *
 * @see https://docs.aws.amazon.com/sns/latest/dg/fifo-message-dedup.html
 */
export class PublishedIds {
  readonly #seen = new Map<string, { readonly at: number; readonly published: Published }>();
  #sequence = 0n;

  once(
    topic: StoredTopic,
    publication: Publication,
    send: (sequenceNumber: string | undefined) => Published,
  ): Published {
    if (topic.attributes.FifoTopic !== 'true') {
      return send(undefined);
    }
    this.#forgetOld();
    const isPerGroup = topic.attributes.FifoThroughputScope === 'MessageGroup';
    const key = JSON.stringify([
      topic.arn,
      isPerGroup ? publication.groupId : null,
      publication.deduplicationId,
    ]);
    const earlier = this.#seen.get(key);
    if (earlier !== undefined) {
      return earlier.published;
    }
    this.#sequence += 1n;
    const sent = send(String(this.#sequence).padStart(20, '0'));
    this.#seen.set(key, { at: Date.now(), published: sent });
    return sent;
  }

  #forgetOld(): void {
    const limit = Date.now() - WINDOW_MS;
    for (const [key, { at }] of this.#seen) {
      if (at > limit) {
        return;
      }
      this.#seen.delete(key);
    }
  }
}
