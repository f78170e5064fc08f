import { setImmediate as nextTurn } from 'node:timers/promises';
import { workerMetrics } from '../../contracts/worker.ts';
import { errorFrom } from '../failures.ts';
import type { Log } from '../observability/log.ts';
import type { WorkerMetrics } from '../observability/metrics.ts';
import type { JobQueue } from './job-queue.ts';
import type { JobRunner } from './job-runner.ts';
import { pause, pollPause } from './pauses.ts';

export interface PollLoopOptions {
  readonly queue: JobQueue;
  readonly runner: JobRunner;
  /** Jobs at a time. */
  readonly concurrency: number;
  readonly log: Log;
  readonly metrics: WorkerMetrics;
  /** Milliseconds to wait after so many failed calls in a row. */
  readonly pauseAfter?: (failuresInARow: number) => number;
}

/**
 * Asks the queue for as many messages as there are free places, over and over. A message is never taken
 * to wait: its visibility timeout would run.
 *
 * Stopping lets the call under way come to its end and gives back what it brings. SQS does not notice that
 * a client has hung up, and hides a message from everybody that it hands to an abandoned call.
 *
 * @see https://github.com/aws/aws-sdk-java-v2/issues/1395
 */
export class PollLoop {
  readonly #options: PollLoopOptions;
  readonly #stopping = new AbortController();
  readonly #abandoned = new AbortController();
  #asking = false;
  #turnedAt = performance.now();
  #running: Promise<void> = Promise.resolve();

  constructor(options: PollLoopOptions) {
    this.#options = options;
  }

  start(): void {
    this.#turnedAt = performance.now();
    this.#running = this.#run();
  }

  /** Takes no further message; resolves when the call under way has ended. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
  }

  /** Hangs up on the call under way: for when there is no time left to wait for it. */
  abandon(): void {
    this.#abandoned.abort();
  }

  /** Milliseconds for which the queue has neither answered nor failed; 0 while it is not asked. */
  get sinceTurnMs(): number {
    return this.#asking ? performance.now() - this.#turnedAt : 0;
  }

  async #run(): Promise<void> {
    const { runner, concurrency } = this.#options;
    const stopping = this.#stopping.signal;
    let failuresInARow = 0;
    while (!stopping.aborted) {
      if (runner.inHand >= concurrency) {
        await runner.oneSettled(stopping);
        // Jobs that end together free their places together: ask for all of them at once.
        await nextTurn();
        continue;
      }
      this.#turned(true);
      const error = await this.#take(concurrency - runner.inHand).catch(errorFrom);
      this.#turned(false);
      if (this.#abandoned.signal.aborted) return;
      failuresInARow = error === undefined ? 0 : failuresInARow + 1;
      if (error !== undefined) await this.#failed(error, failuresInARow);
    }
  }

  async #take(atMost: number): Promise<undefined> {
    const { queue, runner } = this.#options;
    const messages = await queue.receive(atMost, this.#abandoned.signal);
    if (this.#stopping.signal.aborted) await runner.giveBack(messages);
    else for (const message of messages) runner.start(message);
  }

  async #failed(error: Error, inARow: number): Promise<void> {
    const { log, metrics, pauseAfter = pollPause } = this.#options;
    const pauseMs = pauseAfter(inARow);
    metrics.count(workerMetrics.pollsFailed);
    log.warn('The queue did not answer', {
      failures_in_a_row: inARow,
      retry_in_ms: Math.round(pauseMs),
      error,
    });
    await pause(pauseMs, this.#stopping.signal);
  }

  #turned(asking: boolean): void {
    this.#asking = asking;
    this.#turnedAt = performance.now();
  }
}
