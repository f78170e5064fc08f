import { errorFrom } from './failures.ts';
import type { RunnableJob } from './job.ts';
import type { Health } from './observability/health-server.ts';
import type { Log } from './observability/log.ts';
import type { WorkerMetrics } from './observability/metrics.ts';
import type { Platform } from './platform/platform.ts';
import type { JobLimits } from './polling/job-in-hand.ts';
import type { JobQueue } from './polling/job-queue.ts';
import { JobRunner } from './polling/job-runner.ts';
import { PollLoop } from './polling/poll-loop.ts';
import { Shutdown, type StopCause } from './shutdown.ts';

export interface WorkerOptions {
  readonly job: RunnableJob;
  readonly queue: JobQueue;
  readonly platform: Platform;
  readonly log: Log;
  readonly metrics: WorkerMetrics;
  /** Jobs at a time. */
  readonly concurrency: number;
  readonly limits: JobLimits;
  readonly retry: { readonly first: number; readonly last: number };
  /** Unhealthy when the queue has not answered, or a job not heeded that it was told to stop, for so long. */
  readonly stalledAfterMs: number;
  /**
   * How long jobs that are told to stop get to undo what they began, before their messages are released.
   *
   * @default 2_000
   */
  readonly releaseGraceMs?: number;
}

/** Takes jobs from a queue and does them, until somebody wants it to stop. */
export class Worker {
  readonly shutdown = new Shutdown();
  readonly #options: WorkerOptions;
  readonly #runner: JobRunner;
  readonly #loop: PollLoop;

  constructor(options: WorkerOptions) {
    this.#options = options;
    this.#runner = new JobRunner({
      ...options,
      onChange: inHand => options.platform.jobsInHand(inHand),
    });
    this.#loop = new PollLoop({ ...options, runner: this.#runner });
  }

  /** Resolves when the worker was told to stop and all jobs in hand are finished or released. */
  async run(): Promise<ReadonlySet<StopCause>> {
    const { platform, job, log } = this.#options;
    await platform.watch(this.shutdown);
    if (!this.shutdown.isRequested) this.#loop.start();
    const { cause, withinMs } = await this.shutdown.requested;
    log.info('Worker stops', { cause, within_ms: Math.round(withinMs), jobs_in_hand: this.#runner.inHand });
    await this.#drain();
    await job.close().catch((error: unknown) => log.error('Job not closed', { error: errorFrom(error) }));
    await platform.drained();
    log.info('Worker stopped', { causes: [...this.shutdown.causes] });
    return this.shutdown.causes;
  }

  health(): Health {
    const stalledForMs = Math.max(this.#loop.sinceTurnMs, this.#runner.unheededMs);
    const status = this.shutdown.isRequested
      ? 'stopping'
      : stalledForMs > this.#options.stalledAfterMs
        ? 'stalled'
        : 'ok';
    return { status, jobs_in_hand: this.#runner.inHand, stalled_for_ms: Math.round(stalledForMs) };
  }

  async #drain(): Promise<void> {
    const polled = this.#loop.stop();
    await Promise.race([Promise.all([polled, this.#runner.allSettled()]), this.shutdown.deadline]);
    if (this.#runner.inHand > 0) await this.#runner.release(this.#options.releaseGraceMs ?? 2_000);
    this.#loop.abandon();
    await polled;
    this.shutdown.settle();
  }
}
