import { randomUUID } from 'node:crypto';
import { AwsError } from '../aws-error.ts';
import type { FauxqsQueue } from '../fauxqs.ts';
import type { StoredMessage } from '../message-store.ts';

/** What AWS moves a second at the most; also what a task without a rate does here. */
export const MAX_RATE = 500;

type TaskStatus = 'RUNNING' | 'COMPLETED' | 'CANCELLED' | 'FAILED';

/** Messages on their way from a dead-letter queue. */
export interface MoveTask {
  readonly handle: string;
  readonly source: FauxqsQueue;
  readonly destinationArn: string | undefined;
  readonly rate: number | undefined;
  readonly startedAt: number;
  readonly toMove: number;
  moved: number;
  /** Messages that the rate allows and that are not moved yet. */
  allowance: number;
  status: TaskStatus;
  failure?: string;
}

/** The first message that nobody has in hand, and whose group nobody has. */
export function takeFirst(queue: FauxqsQueue): StoredMessage | undefined {
  if (!queue.isFifo()) {
    return queue.messages.shift();
  }
  for (const [group, messages] of queue.fifoMessages) {
    if (!queue.fifoLockedGroups.has(group)) {
      const message = messages.shift();
      if (messages.length === 0) {
        queue.fifoMessages.delete(group);
      }
      if (message !== undefined) {
        return message;
      }
    }
  }
  return undefined;
}

/** The message as if somebody had sent it to the destination just now. */
export function asSentAnew(message: StoredMessage, destination: FauxqsQueue): StoredMessage {
  return {
    ...message,
    messageId: randomUUID(),
    sentTimestamp: Date.now(),
    approximateReceiveCount: 0,
    approximateFirstReceiveTimestamp: undefined,
    delayUntil: undefined,
    deadLetterSourceArn: undefined,
    isMoved: true,
    sequenceNumber: destination.isFifo() ? destination.nextSequenceNumber() : undefined,
  };
}

/** @throws AwsError where the rate is not from 1 to 500 a second. */
export function checkedRate(rate: unknown): number | undefined {
  if (
    rate === undefined ||
    (typeof rate === 'number' && Number.isInteger(rate) && rate >= 1 && rate <= MAX_RATE)
  ) {
    return rate;
  }
  throw new AwsError(
    'InvalidParameterValue',
    `Value ${String(rate)} for parameter MaxNumberOfMessagesPerSecond is invalid. Reason: Must be between 1 and ${MAX_RATE}.`,
  );
}

/** A task as it is listed. */
export function described(task: MoveTask): object {
  return {
    // AWS shows the handle only while it can still be cancelled.
    ...(task.status === 'RUNNING' ? { TaskHandle: task.handle } : {}),
    Status: task.status,
    SourceArn: task.source.arn,
    ...(task.destinationArn === undefined ? {} : { DestinationArn: task.destinationArn }),
    ...(task.rate === undefined ? {} : { MaxNumberOfMessagesPerSecond: task.rate }),
    ApproximateNumberOfMessagesMoved: task.moved,
    ApproximateNumberOfMessagesToMove: task.toMove,
    ...(task.failure === undefined ? {} : { FailureReason: task.failure }),
    StartedTimestamp: task.startedAt,
  };
}
