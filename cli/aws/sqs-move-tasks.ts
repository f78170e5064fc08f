import {
  CancelMessageMoveTaskCommand,
  ListMessageMoveTasksCommand,
  type ListMessageMoveTasksResultEntry,
  StartMessageMoveTaskCommand,
} from '@aws-sdk/client-sqs';
import {
  type MoveRequest,
  type MoveTask,
  type MoveTaskStatus,
  type MoveTasks,
  TaskRunningError,
} from '../queues/move-tasks.ts';
import type { Queue } from '../queues/queues.ts';
import { explain, request } from './aws-faults.ts';
import { type AwsConnection, given } from './connection.ts';
import { permissions } from './permissions.ts';

/** Move tasks of SQS, or of whatever speaks its protocol. */
export class SqsMoveTasks implements MoveTasks {
  readonly #aws: AwsConnection;

  constructor(aws: AwsConnection) {
    this.#aws = aws;
  }

  async start({ from, to, ratePerSecond }: MoveRequest): Promise<string> {
    try {
      const { TaskHandle } = await this.#aws.sqs(from.region).send(
        new StartMessageMoveTaskCommand({
          SourceArn: from.arn,
          ...(to && { DestinationArn: to.arn }),
          ...(ratePerSecond && { MaxNumberOfMessagesPerSecond: ratePerSecond }),
        }),
      );
      return given(TaskHandle, 'TaskHandle');
    } catch (fault) {
      // The code is that of any bad parameter: only the text tells this one apart.
      if (fault instanceof Error && /already a task running/i.test(fault.message)) {
        throw new TaskRunningError(`A move task of ${from.name} is running already.`, { cause: fault });
      }
      throw explain(fault, this.#about('StartMessageMoveTask', from, permissions.startMove));
    }
  }

  async latest(queue: Queue): Promise<MoveTask | undefined> {
    const { Results: [task] = [] } = await request(
      this.#about('ListMessageMoveTasks', queue, permissions.listMoves),
      this.#aws
        .sqs(queue.region)
        .send(new ListMessageMoveTasksCommand({ SourceArn: queue.arn, MaxResults: 1 })),
    );
    return task && moveTask(task);
  }

  async cancel(queue: Queue, handle: string): Promise<boolean> {
    try {
      await this.#aws.sqs(queue.region).send(new CancelMessageMoveTaskCommand({ TaskHandle: handle }));
      return true;
    } catch (fault) {
      if (fault instanceof Error && fault.name === 'ResourceNotFoundException') return false;
      throw explain(fault, this.#about('CancelMessageMoveTask', queue, permissions.cancelMove));
    }
  }

  #about(action: string, { name }: Queue, needed: readonly string[]) {
    return { action, on: name, permissions: needed, endpoint: this.#aws.endpoint('SQS') };
  }
}

function moveTask(task: ListMessageMoveTasksResultEntry): MoveTask {
  return {
    status: (task.Status ?? 'RUNNING') as MoveTaskStatus,
    startedAt: task.StartedTimestamp ?? 0,
    moved: task.ApproximateNumberOfMessagesMoved ?? 0,
    ...(task.TaskHandle && { handle: task.TaskHandle }),
    ...(task.ApproximateNumberOfMessagesToMove !== undefined && {
      toMove: task.ApproximateNumberOfMessagesToMove,
    }),
    ...(task.DestinationArn && { destinationArn: task.DestinationArn }),
    ...(task.MaxNumberOfMessagesPerSecond && { ratePerSecond: task.MaxNumberOfMessagesPerSecond }),
    ...(task.FailureReason && { failureReason: task.FailureReason }),
  };
}
