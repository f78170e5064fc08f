import type { Shutdown } from '../shutdown.ts';

/** What the worker runs on, as far as it takes part in starting and stopping. */
export interface Platform {
  /** Begins to watch for notices that the worker has to stop; resolves after a first look. */
  watch(shutdown: Shutdown): Promise<void>;
  /** The number of jobs in hand has changed. */
  jobsInHand(count: number): void;
  /** All jobs are finished or released: the platform may take the machine. */
  drained(): Promise<void>;
}

/** A machine that only sends signals: a laptop. */
export const localPlatform: Platform = {
  watch: async () => {},
  jobsInHand: () => {},
  drained: async () => {},
};
