import { setTimeout as sleep } from 'node:timers/promises';
import { replyMetrics } from '../../../contracts/replies.ts';
import { errorFrom } from '../failures.ts';
import type { Log } from '../log.ts';
import type { ServerMetrics } from '../metrics.ts';
import type { PendingReplies } from './pending-replies.ts';
import {
  type ReceivedReply,
  type ReplyQueue,
  ReplyQueueGoneError,
  type ReplyQueueMaker,
} from './reply-queue.ts';

export interface ReplyInboxOptions<Reply> {
  readonly queues: ReplyQueueMaker;
  readonly pending: PendingReplies<Reply>;
  /** Reads a reply's body. @throws Error saying what is wrong with it. */
  readonly read: (body: string) => Reply;
  readonly signOfLifeMs: number;
  readonly log: Log;
  readonly metrics: ServerMetrics;
  /**
   * Receive calls that wait side by side; each brings up to ten replies at a time.
   *
   * @default 3
   */
  readonly polls?: number;
  /**
   * Milliseconds before the queue is asked again after so many failed calls in a row.
   *
   * @default 0.2 s doubled, at most 10 s
   */
  readonly pauseAfter?: (failuresInARow: number) => number;
}

/**
 * The inbox of one producer: a queue made when it opens, polled while it is open, deleted when it closes.
 *
 * Replies that nobody waits for are dropped and counted. A queue that somebody deleted is replaced; what was
 * asked under its address is not answered any more, and waits until its time is over.
 */
export class ReplyInbox<Reply> {
  readonly #options: ReplyInboxOptions<Reply>;
  readonly #closing = new AbortController();
  #queue: ReplyQueue | undefined;
  #replacing: Promise<void> | undefined;
  #polling: Promise<unknown> = Promise.resolve();
  #signsOfLife: NodeJS.Timeout | undefined;
  #answeredAt = performance.now();

  constructor(options: ReplyInboxOptions<Reply>) {
    this.#options = options;
  }

  /** Where replies are to be sent to. @throws Error when the inbox is not open. */
  get url(): string {
    if (this.#queue === undefined) throw new Error('The inbox is not open: there is no reply queue yet.');
    return this.#queue.url;
  }

  /** For how long, in milliseconds, the queue has neither brought replies nor said that there are none. */
  get silentMs(): number {
    return performance.now() - this.#answeredAt;
  }

  /** Makes the queue, and begins to poll it. */
  async open(): Promise<void> {
    const { queues, polls = 3, signOfLifeMs } = this.#options;
    this.#queue = await queues.make();
    this.#answeredAt = performance.now();
    this.#polling = Promise.all(Array.from({ length: polls }, () => this.#poll()));
    this.#signsOfLife = setInterval(() => void this.#giveSignOfLife(), signOfLifeMs).unref();
  }

  /** Takes no further reply, and deletes the queue; the janitor does where that fails. */
  async close(): Promise<void> {
    clearInterval(this.#signsOfLife);
    this.#closing.abort();
    await this.#polling;
    await this.#replacing;
    try {
      await this.#queue?.remove();
    } catch (error) {
      this.#options.log.warn('Reply queue not deleted: the janitor will', {
        queue_url: this.#queue?.url,
        error: errorFrom(error),
      });
    }
    this.#queue = undefined;
  }

  async #poll(): Promise<void> {
    const { pauseAfter = pollPause, log, metrics } = this.#options;
    const closing = this.#closing.signal;
    let failuresInARow = 0;
    while (!closing.aborted) {
      const queue = this.#queue as ReplyQueue;
      try {
        const replies = await queue.receive(closing);
        this.#answeredAt = performance.now();
        failuresInARow = 0;
        await this.#take(queue, replies);
      } catch (thrown) {
        if (closing.aborted) return;
        const error = errorFrom(thrown);
        failuresInARow += 1;
        metrics.count(replyMetrics.pollsFailed);
        log.warn('The reply queue did not answer', { failures_in_a_row: failuresInARow, error });
        await this.#replaceIfGone(queue, error);
        await pause(pauseAfter(failuresInARow), closing);
      }
    }
  }

  async #take(queue: ReplyQueue, replies: readonly ReceivedReply[]): Promise<void> {
    if (replies.length === 0) return;
    for (const reply of replies) this.#hand(reply);
    try {
      await queue.delete(replies);
    } catch (error) {
      this.#options.log.warn('Replies not deleted: they come again, and are dropped', {
        replies: replies.length,
        error: errorFrom(error),
      });
    }
  }

  #hand({ correlationId, body }: ReceivedReply): void {
    const { pending, read, log, metrics } = this.#options;
    const fate = pending.fateOf(correlationId);
    const about = { correlation_id: correlationId };
    if (correlationId === undefined || fate !== 'matched') {
      metrics.count(replyMetrics[fate]);
      log.warn('Reply dropped', { outcome: `${fate}_reply`, ...about });
      return;
    }
    try {
      pending.accept(correlationId, read(body));
      metrics.count(replyMetrics.matched);
    } catch (error) {
      // Whoever waits goes on waiting: a sound reply may come yet.
      metrics.count(replyMetrics.unreadable);
      log.error('Reply dropped', { outcome: 'unreadable_reply', ...about, error: errorFrom(error) });
    }
  }

  async #giveSignOfLife(): Promise<void> {
    const { log, metrics } = this.#options;
    const queue = this.#queue as ReplyQueue;
    try {
      await queue.signOfLife();
    } catch (thrown) {
      const error = errorFrom(thrown);
      metrics.count(replyMetrics.signsOfLifeFailed);
      log.warn('Sign of life failed', { queue_url: queue.url, error });
      await this.#replaceIfGone(queue, error);
    }
  }

  /** Polls and signs of life notice it at the same time: one of them makes the new queue. */
  async #replaceIfGone(gone: ReplyQueue, error: Error): Promise<void> {
    if (!(error instanceof ReplyQueueGoneError) || this.#closing.signal.aborted) return;
    if (this.#queue === gone) {
      this.#replacing ??= this.#replace(gone).finally(() => {
        this.#replacing = undefined;
      });
    }
    await this.#replacing;
  }

  async #replace(gone: ReplyQueue): Promise<void> {
    const { queues, log, metrics } = this.#options;
    try {
      this.#queue = await queues.make();
      metrics.count(replyMetrics.queuesReplaced);
      log.error('Somebody deleted the reply queue: there is a new one', {
        gone: gone.url,
        queue_url: this.#queue.url,
      });
    } catch (error) {
      log.error('Reply queue not made: it is tried again', { error: errorFrom(error) });
    }
  }
}

function pollPause(failuresInARow: number): number {
  return Math.min(10_000, 200 * 2 ** Math.min(10, failuresInARow - 1)) * (0.5 + Math.random() / 2);
}

/** Waits, or returns early when the signal is aborted. */
async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  try {
    await sleep(milliseconds, undefined, { signal });
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
