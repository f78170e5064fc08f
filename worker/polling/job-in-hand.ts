import { JobTimeoutError } from '../failures.ts';
import type { Log } from '../observability/log.ts';
import type { JobQueue, ReceivedMessage } from './job-queue.ts';
import { VisibilityLease, type VisibilityLeaseOptions } from './visibility-lease.ts';

export interface JobLimits {
  readonly visibilitySeconds: number;
  readonly heartbeatSeconds: number;
  readonly timeoutSeconds: number;
}

/** One message and the job that is done for it: hidden while it runs, told when it is no use to go on. */
export class JobInHand {
  readonly message: ReceivedMessage;
  readonly log: Log;
  readonly #abort = new AbortController();
  readonly #lease: VisibilityLease;
  readonly #timeout: NodeJS.Timeout;
  readonly #startedAt = performance.now();
  #abortedAt: number | undefined;

  constructor(
    queue: JobQueue,
    message: ReceivedMessage,
    log: Log,
    limits: JobLimits,
    onHeartbeatFailed: VisibilityLeaseOptions['onHeartbeatFailed'],
  ) {
    this.message = message;
    this.log = log;
    this.#lease = new VisibilityLease({
      hide: seconds => queue.hide(message, seconds),
      visibilitySeconds: limits.visibilitySeconds,
      heartbeatSeconds: limits.heartbeatSeconds,
      onHeartbeatFailed,
      onLost: error => this.abort(error),
    });
    this.#timeout = setTimeout(() => this.#timeOut(limits.timeoutSeconds), limits.timeoutSeconds * 1_000);
  }

  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  get tookMs(): number {
    return Math.round((performance.now() - this.#startedAt) * 10) / 10;
  }

  /** How long ago the job was told to stop; 0 where it was not. */
  get unheededMs(): number {
    return this.#abortedAt === undefined ? 0 : performance.now() - this.#abortedAt;
  }

  /** Tells the job to stop; the first reason stands. */
  abort(reason: Error): void {
    if (this.signal.aborted) return;
    this.#abortedAt = performance.now();
    this.#abort.abort(reason);
  }

  /** Stops the heartbeats and the clock. */
  async end(): Promise<void> {
    clearTimeout(this.#timeout);
    await this.#lease.end();
  }

  /** A job that hangs must not keep its message from the others by heartbeats. */
  #timeOut(seconds: number): void {
    this.abort(new JobTimeoutError(`The job took longer than JOB_TIMEOUT_SECONDS, ${seconds} s.`));
    void this.#lease.end();
  }
}
