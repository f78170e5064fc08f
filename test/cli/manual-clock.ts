import type { Clock } from '../../cli/terminal/clock.ts';

/** Clock on which sleeping takes no time and the time passes all the same. */
export class ManualClock implements Clock {
  readonly slept: number[] = [];
  #now = 0;
  readonly #onSleep: (now: number) => void;

  constructor(onSleep: (now: number) => void = () => {}) {
    this.#onSleep = onSleep;
  }

  now(): number {
    return this.#now;
  }

  async sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
    if (!signal?.aborted) {
      this.slept.push(milliseconds);
      this.#now += milliseconds;
    }
    this.#onSleep(this.#now);
    // A turn of the event loop, so that an endless loop of sleeps cannot starve the test's own timeout.
    await new Promise(resolve => setImmediate(resolve));
  }
}
