import { setTimeout as sleep } from 'node:timers/promises';
import { workerMetrics } from '../../contracts/worker.ts';
import { errorFrom, type FailureKind, failureKind } from '../failures.ts';
import type { Log, LogFields } from '../observability/log.ts';
import type { WorkerCounter, WorkerMetrics } from '../observability/metrics.ts';
import type { JobInHand } from './job-in-hand.ts';
import { type JobQueue, MessageGoneError, type ReceivedMessage } from './job-queue.ts';
import { retryPause } from './pauses.ts';

export interface SettlementOptions {
  readonly queue: JobQueue;
  /** Seconds before a failed job's message comes back: after the first failure, and at most. */
  readonly retry: { readonly first: number; readonly last: number };
  readonly log: Log;
  readonly metrics: WorkerMetrics;
}

const failureMetrics: Record<FailureKind, WorkerCounter> = {
  permanent: workerMetrics.jobsFailedPermanent,
  passing: workerMetrics.jobsFailedPassing,
  unexpected: workerMetrics.jobsFailedUnexpected,
};

/** Pauses between tries to delete the message of a finished job, each of which the SDK has retried. */
const deletePausesMs = [500, 1_000, 2_000];

/**
 * What becomes of messages whose jobs have ended, with a log line and metrics for each.
 *
 * Never throws: a message that cannot be settled comes back by itself, and costs no other job anything.
 */
export class Settlement {
  readonly #options: SettlementOptions;
  readonly #released = new WeakSet<JobInHand>();

  constructor(options: SettlementOptions) {
    this.#options = options;
  }

  /** Deletes the message, which stays hidden meanwhile. */
  async done(hand: JobInHand, fields: LogFields): Promise<void> {
    this.#options.metrics.count(workerMetrics.jobsDone);
    try {
      await this.#delete(hand.message);
      hand.log.info('Job done', fields);
    } catch (error) {
      this.#options.metrics.count(workerMetrics.deletesFailed);
      hand.log.error('Job done, but its message is not deleted: it will be done again', {
        ...fields,
        error: errorFrom(error),
      });
    }
    await hand.end();
  }

  /**
   * Hides the message for a pause that grows with its deliveries. The queue's `maxReceiveCount` decides how
   * often it comes back, for what can never succeed too: a new version of the worker may.
   */
  async failed(hand: JobInHand, fields: LogFields, error: Error): Promise<void> {
    const kind = failureKind(error);
    const pauseSeconds = retryPause(hand.message.receiveCount, this.#options.retry);
    this.#options.metrics.count(workerMetrics.jobsFailed);
    this.#options.metrics.count(failureMetrics[kind]);
    hand.log[kind === 'passing' ? 'warn' : 'error']('Job failed', {
      outcome: 'failed',
      failure: kind,
      ...fields,
      retry_in_s: pauseSeconds,
      error,
    });
    await this.#showIn(pauseSeconds, hand);
  }

  /** Another worker has the message by now, or will soon: there is nothing to settle. */
  async lost(hand: JobInHand, fields: LogFields, error: Error): Promise<void> {
    this.#options.metrics.count(workerMetrics.jobsLost);
    hand.log.warn('Job lost', { ...fields, error });
    await hand.end();
  }

  /** Shows the message of an unfinished job to other workers, once. */
  async released(hand: JobInHand, fields: LogFields): Promise<void> {
    if (this.#released.has(hand)) return;
    this.#released.add(hand);
    this.#options.metrics.count(workerMetrics.jobsReleased);
    hand.log.info('Job released', fields);
    await this.#showIn(0, hand);
  }

  /** Shows messages that no job was begun for to other workers. */
  async notBegun(messages: readonly ReceivedMessage[]): Promise<void> {
    await Promise.all(messages.map(message => this.#show(message, 0, this.#options.log)));
  }

  async #showIn(seconds: number, hand: JobInHand): Promise<void> {
    await hand.end();
    await this.#show(hand.message, seconds, hand.log);
  }

  async #show(message: ReceivedMessage, inSeconds: number, log: Log): Promise<void> {
    try {
      await this.#options.queue.hide(message, inSeconds);
    } catch (error) {
      log.warn('Message comes back after its visibility timeout only', {
        message_id: message.id,
        error: errorFrom(error),
      });
    }
  }

  async #delete(message: ReceivedMessage): Promise<void> {
    for (const pauseMs of deletePausesMs) {
      try {
        return await this.#options.queue.delete(message);
      } catch (error) {
        if (error instanceof MessageGoneError) throw error;
        await sleep(pauseMs);
      }
    }
    await this.#options.queue.delete(message);
  }
}
