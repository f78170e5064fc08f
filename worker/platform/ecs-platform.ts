import { errorFrom } from '../failures.ts';
import type { Log } from '../observability/log.ts';
import type { Platform } from './platform.ts';
import type { TaskProtection } from './task-protection.ts';

export interface EcsPlatformOptions {
  readonly protection: TaskProtection;
  readonly log: Log;
  /**
   * How long a protection holds if it is not renewed, as when the worker hangs; renewed at half its time.
   *
   * @default 10
   */
  readonly protectionMinutes?: number;
  /**
   * How long the task stays protected after its last job: ECS would refuse a change for each short job.
   *
   * @default 10_000
   */
  readonly idleMs?: number;
  /**
   * How often it is seen to that the task is protected as it should be.
   *
   * @default 1_000
   */
  readonly checkEveryMs?: number;
  /**
   * Pause after a change that failed.
   *
   * @default 5_000
   */
  readonly retryMs?: number;
}

/** A task of an ECS service: protected from scale-in while it has jobs in hand; ECS stops it by SIGTERM. */
export class EcsPlatform implements Platform {
  readonly #options: Required<EcsPlatformOptions>;
  readonly #timer: NodeJS.Timeout;
  #inHand = 0;
  #lastBusyAt = Number.NEGATIVE_INFINITY;
  #protectedAt: number | undefined;
  #notBefore = 0;
  #changing: Promise<void> | undefined;

  constructor(options: EcsPlatformOptions) {
    this.#options = {
      protectionMinutes: 10,
      idleMs: 10_000,
      checkEveryMs: 1_000,
      retryMs: 5_000,
      ...options,
    };
    this.#timer = setInterval(() => this.#check(), this.#options.checkEveryMs).unref();
  }

  /** SIGTERM is all that ECS says. */
  async watch(): Promise<void> {}

  jobsInHand(count: number): void {
    this.#inHand = count;
    this.#lastBusyAt = performance.now();
    if (this.#protectedAt === undefined) this.#check();
  }

  async drained(): Promise<void> {
    clearInterval(this.#timer);
    await this.#changing;
    if (this.#protectedAt !== undefined) await this.#change(false);
  }

  #check(): void {
    const now = performance.now();
    if (this.#changing !== undefined || now < this.#notBefore) return;
    const { idleMs, protectionMinutes } = this.#options;
    const wanted = this.#inHand > 0 || now - this.#lastBusyAt < idleMs;
    const renewFrom = (this.#protectedAt ?? Number.NEGATIVE_INFINITY) + (protectionMinutes * 60_000) / 2;
    if (wanted ? now < renewFrom : this.#protectedAt === undefined) return;
    this.#changing = this.#change(wanted).finally(() => {
      this.#changing = undefined;
    });
  }

  /** A failure is not fatal: without protection a scale-in sends SIGTERM, and jobs are finished or released. */
  async #change(wanted: boolean): Promise<void> {
    const { protection, protectionMinutes, retryMs, log } = this.#options;
    try {
      if (wanted) await protection.protect(protectionMinutes);
      else await protection.unprotect();
      this.#protectedAt = wanted ? performance.now() : undefined;
    } catch (error) {
      this.#notBefore = performance.now() + retryMs;
      log.warn('Task protection not changed', { wanted, error: errorFrom(error) });
    }
  }
}
