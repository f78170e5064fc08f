import { CommandFailure, ThrottledError } from '../command-errors.ts';
import { type MoveRequest, type MoveTask, type MoveTasks, TaskRunningError } from '../queues/move-tasks.ts';
import type { Queue } from '../queues/queues.ts';
import type { Clock } from '../terminal/clock.ts';
import type { MoveResult, OnProgress } from './redrive-result.ts';

export interface TaskRedriveServices {
  readonly moveTasks: MoveTasks;
  readonly clock: Clock;
}

/** Who started the task decides what an interruption does: one's own is cancelled, another's goes on. */
export type TaskOwner = 'this-command' | 'another';

const firstPollMs = 250;
const slowestPollMs = 2_000;
/** SQS lists a task a little after it has taken it. */
const listedWithinMs = 30_000;
/** The count goes on for a moment after a task has ended. */
const countSettlesWithinMs = 5_000;

/**
 * Has SQS move the messages of a DLQ, and follows until it is done. An interruption cancels the task.
 *
 * @throws CommandFailure when SQS refuses to start.
 */
export async function redriveByTask(
  services: TaskRedriveServices,
  request: MoveRequest,
  onProgress: OnProgress,
  interrupt: AbortSignal,
): Promise<MoveResult> {
  const earlier = await services.moveTasks.latest(request.from);
  const handle = await services.moveTasks.start(request).catch(fault => {
    if (fault instanceof TaskRunningError) return undefined;
    throw fault;
  });
  const task: FollowOptions = handle
    ? { owner: 'this-command', handle, ...(earlier && { earlier }) }
    : { owner: 'another' };
  return followTask(services, request.from, task, onProgress, interrupt);
}

export interface FollowOptions {
  readonly owner: TaskOwner;
  /** Known to whoever started the task; without it, it can be cancelled once it is listed. */
  readonly handle?: string;
  /** A task that ended before: not the one to follow. */
  readonly earlier?: MoveTask;
}

/** Follows the move task of a DLQ until it has ended. */
export async function followTask(
  services: TaskRedriveServices,
  queue: Queue,
  options: FollowOptions,
  onProgress: OnProgress,
  interrupt: AbortSignal,
): Promise<MoveResult> {
  const follower = new TaskFollower(services, queue, options, onProgress);
  let wait = firstPollMs;
  let cancelling = false;
  for (;;) {
    const task = await follower.look();
    if (task && hasEnded(task)) return resultOf(await follower.settledCount(task), queue);
    if (interrupt.aborted && options.owner === 'another') {
      return { outcome: 'left-running', moved: task?.moved ?? 0, failed: 0, faults: [] };
    }
    const handle = task?.handle ?? options.handle;
    if (interrupt.aborted && !cancelling && handle) {
      await cancel(services.moveTasks, queue, handle);
      cancelling = true;
      wait = firstPollMs;
    }
    // Once interrupted, a sleep with this signal would end at once, for ever.
    await services.clock.sleep(wait, interrupt.aborted ? undefined : interrupt);
    wait = Math.min(wait * 2, slowestPollMs);
  }
}

async function cancel(moveTasks: MoveTasks, queue: Queue, handle: string): Promise<void> {
  try {
    await moveTasks.cancel(queue, handle);
  } catch (fault) {
    if (!(fault instanceof CommandFailure)) throw fault;
    throw new CommandFailure(
      `The move task of ${queue.name} could not be cancelled and goes on.\n${fault.message}`,
      { cause: fault },
    );
  }
}

class TaskFollower {
  readonly #services: TaskRedriveServices;
  readonly #queue: Queue;
  readonly #earlier: MoveTask | undefined;
  readonly #onProgress: OnProgress;
  readonly #listedBy: number;

  constructor(
    services: TaskRedriveServices,
    queue: Queue,
    { earlier }: FollowOptions,
    onProgress: OnProgress,
  ) {
    this.#services = services;
    this.#queue = queue;
    this.#earlier = earlier;
    this.#onProgress = onProgress;
    this.#listedBy = services.clock.now() + listedWithinMs;
  }

  /** The task as it is now; none where SQS does not list it yet, or does not answer now. */
  async look(): Promise<MoveTask | undefined> {
    const { moveTasks, clock } = this.#services;
    try {
      const task = await moveTasks.latest(this.#queue);
      if (task && task.startedAt !== this.#earlier?.startedAt) {
        this.#onProgress({ moved: task.moved, ...(task.toMove !== undefined && { total: task.toMove }) });
        return task;
      }
    } catch (fault) {
      // The task goes on whether it is watched or not.
      if (!(fault instanceof ThrottledError)) throw fault;
      return undefined;
    }
    if (clock.now() > this.#listedBy) {
      throw new CommandFailure(
        `SQS took the move task of ${this.#queue.name} and does not list it. See what became of it:\n` +
          `  aws sqs list-message-move-tasks --source-arn ${this.#queue.arn}`,
      );
    }
    return undefined;
  }

  async settledCount(ended: MoveTask): Promise<MoveTask> {
    const { clock } = this.#services;
    const until = clock.now() + countSettlesWithinMs;
    let task = ended;
    while (task.moved < (task.toMove ?? 0) && clock.now() < until) {
      await clock.sleep(firstPollMs * 2);
      const later = (await this.look()) ?? task;
      // A task that was stopped never reaches its goal: it has settled once its count stands still.
      if (later.status !== 'COMPLETED' && later.moved === task.moved) return later;
      task = later;
    }
    return task;
  }
}

function hasEnded({ status }: MoveTask): boolean {
  return status === 'COMPLETED' || status === 'CANCELLED' || status === 'FAILED';
}

function resultOf(task: MoveTask, queue: Queue): MoveResult {
  const { moved } = task;
  if (task.status === 'COMPLETED') return { outcome: 'done', moved, failed: 0, faults: [] };
  if (task.status === 'CANCELLED') return { outcome: 'interrupted', moved, failed: 0, faults: [] };
  return {
    outcome: 'failed',
    moved,
    failed: Math.max((task.toMove ?? moved + 1) - moved, 0),
    faults: [{ reason: explainFailure(task, queue) }],
  };
}

/** @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/troubleshooting-dlq-redrive.html */
function explainFailure({ failureReason = 'SQS gave no reason' }: MoveTask, { name }: Queue): string {
  if (/CouldNotDetermineMessageSource/.test(failureReason)) {
    return (
      `${failureReason}: a message came into ${name} by hand, or from a topic or function, so that SQS does not know where it belongs. ` +
      'Say so: --to <queue> sends all of them to one queue.'
    );
  }
  if (/NonExistentQueue|QueueDoesNotExist/.test(failureReason)) {
    return `${failureReason}: the queue that the messages go to does not exist any more. Choose another: --to <queue>.`;
  }
  if (/AccessDenied/i.test(failureReason)) {
    return (
      `${failureReason}: whoever starts a move needs sqs:ReceiveMessage and sqs:DeleteMessage on ${name}, ` +
      'sqs:SendMessage on the queue that the messages go to, and for queues under a KMS key kms:Decrypt and kms:GenerateDataKey.'
    );
  }
  return failureReason;
}
