import { setTimeout as sleep } from 'node:timers/promises';
import { workerMetrics } from '../../contracts/worker.ts';
import { errorFrom } from '../failures.ts';
import type { JobOutcome, RunnableJob } from '../job.ts';
import { type LogFields, logWith } from '../observability/log.ts';
import { JobInHand, type JobLimits } from './job-in-hand.ts';
import type { ReceivedMessage } from './job-queue.ts';
import { Settlement, type SettlementOptions } from './settlement.ts';
import { VisibilityLostError } from './visibility-lease.ts';

export interface JobRunnerOptions extends SettlementOptions {
  readonly job: RunnableJob;
  readonly limits: JobLimits;
  /** Called with the number of jobs in hand whenever it changes. */
  readonly onChange?: (inHand: number) => void;
}

/** The worker stops before the job is done; its message is released. */
export class WorkerStoppingError extends Error {
  override readonly name = 'WorkerStoppingError';
}

/** Does the jobs that messages ask for, side by side, and has their messages settled. */
export class JobRunner {
  readonly #options: JobRunnerOptions;
  readonly #settlement: Settlement;
  readonly #inHand = new Set<JobInHand>();
  readonly #waiting = new Set<() => void>();

  constructor(options: JobRunnerOptions) {
    this.#options = options;
    this.#settlement = new Settlement(options);
  }

  get inHand(): number {
    return this.#inHand.size;
  }

  /** Longest time, in milliseconds, for which a job has not heeded that it was told to stop. */
  get unheededMs(): number {
    return Math.max(0, ...[...this.#inHand].map(hand => hand.unheededMs));
  }

  /** Begins the job of a message that was just received. */
  start(message: ReceivedMessage): void {
    const { queue, log, limits, metrics } = this.#options;
    const hand = new JobInHand(
      queue,
      message,
      logWith(log, { message_id: message.id, receive_count: message.receiveCount }),
      limits,
      (error, secondsLeft) => {
        metrics.count(workerMetrics.heartbeatsFailed);
        hand.log.warn('Heartbeat failed', { seconds_left: Math.round(secondsLeft), error });
      },
    );
    this.#inHand.add(hand);
    this.#options.onChange?.(this.inHand);
    void this.#do(hand).then(() => {
      this.#inHand.delete(hand);
      this.#options.onChange?.(this.inHand);
      for (const wake of [...this.#waiting]) wake();
    });
  }

  /** When the next of the jobs in hand is settled, or the signal is aborted. */
  oneSettled(signal?: AbortSignal): Promise<void> {
    return new Promise(resolve => {
      const wake = () => {
        this.#waiting.delete(wake);
        signal?.removeEventListener('abort', wake);
        resolve();
      };
      this.#waiting.add(wake);
      signal?.addEventListener('abort', wake);
      if (signal?.aborted) wake();
    });
  }

  /** When all jobs in hand are settled. */
  async allSettled(): Promise<void> {
    while (this.inHand > 0) await this.oneSettled();
  }

  /** Tells all jobs in hand to stop, waits a little for them, and shows the messages of the rest to others. */
  async release(graceMs: number): Promise<void> {
    for (const hand of this.#inHand) {
      hand.abort(new WorkerStoppingError('The worker stops; the job is left to another.'));
    }
    await Promise.race([this.allSettled(), sleep(graceMs, undefined, { ref: false })]);
    await Promise.all(
      [...this.#inHand].map(hand => this.#settlement.released(hand, { took_ms: hand.tookMs })),
    );
  }

  /** Shows messages to others that came too late to begin their jobs. */
  giveBack(messages: readonly ReceivedMessage[]): Promise<void> {
    return this.#settlement.notBegun(messages);
  }

  async #do(hand: JobInHand): Promise<void> {
    let subject: LogFields = {};
    try {
      const parsed = this.#options.job.parse(hand.message.body);
      subject = parsed.subject;
      const done = await parsed.run(this.#delivery(hand, subject));
      await this.#settlement.done(hand, this.#fields(hand, subject, done));
    } catch (thrown) {
      await this.#notDone(hand, this.#fields(hand, subject), errorFrom(thrown));
    }
  }

  #delivery(hand: JobInHand, subject: LogFields) {
    const { id: messageId, receiveCount, sentAt, attributes } = hand.message;
    const { signal } = hand;
    return { messageId, receiveCount, sentAt, attributes, signal, log: logWith(hand.log, subject) };
  }

  /** The fields of the log line of a job that just ended; counts its time. */
  #fields(hand: JobInHand, subject: LogFields, done?: JobOutcome): LogFields {
    const { tookMs } = hand;
    this.#options.metrics.jobTook(tookMs);
    return { ...(done && { outcome: done.outcome }), ...subject, ...done?.details, took_ms: tookMs };
  }

  async #notDone(hand: JobInHand, fields: LogFields, error: Error): Promise<void> {
    const reason: unknown = hand.signal.reason;
    if (reason instanceof WorkerStoppingError) return this.#settlement.released(hand, fields);
    if (reason instanceof VisibilityLostError) return this.#settlement.lost(hand, fields, reason);
    return this.#settlement.failed(hand, fields, reason instanceof Error ? reason : error);
  }
}
