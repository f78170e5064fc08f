import type { Queue } from '../queues/queues.ts';
import type { Selection } from './archive-selection.ts';

/** How a replay ended. */
export type ReplayOutcome = 'done' | 'nothing-to-do' | 'dry-run' | 'declined' | 'failed' | 'interrupted';

/** A line of the archive that could not be read, or an event that the queue did not take. */
export interface ReplayFault {
  readonly key: string;
  /** As editors count, from 1. */
  readonly line: number;
  readonly reason: string;
}

/** What a replay came to. Counts include those of the runs before, where it went on. */
export interface ReplayProgress {
  readonly sent: number;
  readonly malformed: number;
  readonly failed: number;
}

export interface ReplayReport extends ReplayProgress {
  readonly replayId: string;
  readonly outcome: ReplayOutcome;
  readonly queue: Queue;
  readonly selection: Selection;
  readonly objects: number;
  readonly bytes: number;
  /** Events by type, of this run; in a dry run, those that would be sent. */
  readonly types: Readonly<Record<string, number>>;
  readonly faults: readonly ReplayFault[];
  /** Why it ended before its time. */
  readonly fault?: string;
  /** Where its state is, if it can go on. */
  readonly stateFile?: string;
  readonly durationMs: number;
}
