import type { EventEmitter } from 'node:events';
import type { Clock } from './clock.ts';

export interface InterruptionOptions {
  /** What signals arrive at: the process. */
  readonly process: Pick<EventEmitter, 'on'>;
  readonly clock: Clock;
  /** Called at the first signal. */
  readonly onFirst: () => void;
  /** Called at the next one, by whoever does not want to wait. */
  readonly onImpatient: () => void;
}

/** npm passes on the Ctrl-C that the terminal has already sent: signals this close together are one. */
const sameWithinMs = 500;

/** Signal that aborts when the process is told to stop. */
export function interruption({ process, clock, onFirst, onImpatient }: InterruptionOptions): AbortSignal {
  const controller = new AbortController();
  let firstAt = 0;
  const stop = () => {
    if (!controller.signal.aborted) {
      firstAt = clock.now();
      onFirst();
      controller.abort();
    } else if (clock.now() - firstAt > sameWithinMs) {
      onImpatient();
    }
  };
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, stop);
  return controller.signal;
}
