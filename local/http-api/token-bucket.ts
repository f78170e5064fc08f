import type { Throttling } from './http-api-spec.ts';

/** Lets through `burstLimit` requests at once and `rateLimit` a second over time. */
export class TokenBucket {
  readonly #throttling: Throttling;
  readonly #now: () => number;
  #tokens: number;
  #filledAt: number;

  /** @param now milliseconds of a clock that never goes back */
  constructor(throttling: Throttling, now: () => number = () => performance.now()) {
    this.#throttling = throttling;
    this.#now = now;
    this.#tokens = throttling.burstLimit;
    this.#filledAt = now();
  }

  /** Takes a token; false if there is none. */
  take(): boolean {
    const now = this.#now();
    const gained = ((now - this.#filledAt) / 1000) * this.#throttling.rateLimit;
    this.#tokens = Math.min(this.#throttling.burstLimit, this.#tokens + gained);
    this.#filledAt = now;
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }
}
