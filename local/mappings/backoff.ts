import { setTimeout as delay } from 'node:timers/promises';

/** Growing pauses between attempts: each failure doubles the pause, a success begins again. */
export class Backoff {
  readonly #firstMs: number;
  readonly #longestMs: number;
  #failures = 0;

  constructor(firstMs: number, longestMs: number) {
    this.#firstMs = firstMs;
    this.#longestMs = longestMs;
  }

  /** Counts a failure and tells how long to pause, in milliseconds. */
  fail(): number {
    const pauseMs = Math.min(this.#longestMs, this.#firstMs * 2 ** this.#failures);
    this.#failures += 1;
    return pauseMs;
  }

  succeed(): void {
    this.#failures = 0;
  }
}

/** Waits, or returns early when the signal is given. */
export async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  await delay(milliseconds, undefined, { signal }).catch(error => {
    if (!signal.aborted) throw error;
  });
}
