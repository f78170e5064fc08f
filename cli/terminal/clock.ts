import { setTimeout as after } from 'node:timers/promises';

export interface Clock {
  /** Milliseconds, from any beginning. */
  now(): number;
  /** Ends early, and does not throw, when the signal aborts. */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>;
}

export const systemClock: Clock = {
  now: () => performance.now(),
  sleep: (milliseconds, signal) =>
    after(milliseconds, undefined, signal && { signal }).catch(fault => {
      if (!signal?.aborted) throw fault;
    }),
};
