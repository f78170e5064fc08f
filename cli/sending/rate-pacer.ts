import type { Clock } from '../terminal/clock.ts';

/** Keeps a mean rate: after each batch it waits until that many more may follow. */
export class RatePacer {
  readonly #clock: Clock;
  readonly #ratePerSecond: number | undefined;
  #nextAt: number;

  constructor(clock: Clock, ratePerSecond: number | undefined) {
    this.#clock = clock;
    this.#ratePerSecond = ratePerSecond;
    this.#nextAt = clock.now();
  }

  async pace(messages: number, signal: AbortSignal): Promise<void> {
    if (this.#ratePerSecond === undefined) return;
    const now = this.#clock.now();
    // Time in which nothing was sent is not made up for by a burst.
    this.#nextAt = Math.max(this.#nextAt, now - 1000) + (messages * 1000) / this.#ratePerSecond;
    if (this.#nextAt > now) await this.#clock.sleep(this.#nextAt - now, signal);
  }
}
