/** How a redrive ended. `left-running`: another command's move task goes on without being watched. */
export type RedriveOutcome =
  | 'done'
  | 'nothing-to-do'
  | 'dry-run'
  | 'declined'
  | 'failed'
  | 'interrupted'
  | 'left-running';

/** One message that could not be moved, or the one reason why many were not. */
export interface RedriveFault {
  readonly messageId?: string;
  readonly reason: string;
}

/** What moving messages came to. */
export interface MoveResult {
  readonly outcome: Extract<RedriveOutcome, 'done' | 'failed' | 'interrupted' | 'left-running'>;
  readonly moved: number;
  /** Messages that were to be moved and could not be. */
  readonly failed: number;
  readonly faults: readonly RedriveFault[];
}

export interface MoveProgress {
  readonly moved: number;
  /** How many there were at the start, where known. */
  readonly total?: number;
}

/** Told as often as something is known; shown or not. */
export type OnProgress = (progress: MoveProgress) => void;
