import { CommandFailure } from '../command-errors.ts';
import type { Queue } from './queues.ts';

export type MoveTaskStatus = 'RUNNING' | 'COMPLETED' | 'CANCELLING' | 'CANCELLED' | 'FAILED';

/** SQS's own transport of messages out of a DLQ. */
export interface MoveTask {
  readonly status: MoveTaskStatus;
  /** Known only while the task runs. */
  readonly handle?: string;
  /** Tells tasks of a queue apart. Milliseconds since 1970. */
  readonly startedAt: number;
  /** May lag behind, even after the task has ended. */
  readonly moved: number;
  /** Known once the task has begun. */
  readonly toMove?: number;
  readonly destinationArn?: string;
  readonly ratePerSecond?: number;
  readonly failureReason?: string;
}

export interface MoveRequest {
  /** DLQ of one or more queues; SQS refuses any other. */
  readonly from: Queue;
  /** @default - each message goes back to the queue it came from */
  readonly to?: Queue;
  /** @default - SQS chooses */
  readonly ratePerSecond?: number;
}

/**
 * Move tasks of SQS. Every method may throw CommandFailure; ThrottledError where waiting helps.
 *
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_StartMessageMoveTask.html
 */
export interface MoveTasks {
  /**
   * @returns the task's handle.
   * @throws TaskRunningError when the queue has a task already: SQS runs one at a time.
   */
  start(request: MoveRequest): Promise<string>;
  /** The task started last, running or ended. */
  latest(queue: Queue): Promise<MoveTask | undefined>;
  /** @returns false when there is nothing to cancel any more. */
  cancel(queue: Queue, handle: string): Promise<boolean>;
}

/** The queue has a move task already. */
export class TaskRunningError extends CommandFailure {
  override readonly name = 'TaskRunningError';
}
