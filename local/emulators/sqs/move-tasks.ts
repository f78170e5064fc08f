import { randomUUID } from 'node:crypto';
import { AwsError } from '../aws-error.ts';
import type { FauxqsQueue, FauxqsQueueStore } from '../fauxqs.ts';
import type { WireAction } from '../wire-protocol.ts';
import { deadLetterSources } from './dead-letter-sources.ts';
import { asSentAnew, checkedRate, described, MAX_RATE, type MoveTask, takeFirst } from './move-task.ts';

/** How often a running task moves messages: short enough that its rate looks even. */
const TICK_MS = 50;
const LISTED_TASKS = 10;

/**
 * Moves messages from dead-letter queues back to where they came from, or to a queue of choice.
 *
 * Bodies and attributes stay; each moved message gets a new id, a new time of sending and no receives, so
 * that whoever keys idempotency on the message id is found out here.
 *
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_StartMessageMoveTask.html
 */
export class MoveTasks {
  readonly #queues: FauxqsQueueStore;
  readonly #tasks: MoveTask[] = [];
  #timer: NodeJS.Timeout | undefined;

  constructor(queues: FauxqsQueueStore) {
    this.#queues = queues;
  }

  readonly start: WireAction = ({ parameters }) => {
    const source = this.#existing(parameters.SourceArn, 'SourceArn');
    if (deadLetterSources(this.#queues, source).length === 0) {
      throw new AwsError('InvalidParameterValue', 'Source queue must be configured as a Dead Letter Queue.');
    }
    const destinationArn =
      parameters.DestinationArn === undefined
        ? undefined
        : this.#existing(parameters.DestinationArn, 'DestinationArn').arn;
    const rate = checkedRate(parameters.MaxNumberOfMessagesPerSecond);
    if (this.#tasks.some(task => task.source === source && task.status === 'RUNNING')) {
      throw new AwsError(
        'InvalidParameterValue',
        'There is already a task running. Only one active task is allowed for a source queue arn at a given time.',
      );
    }
    source.processTimers();
    const task: MoveTask = {
      handle: Buffer.from(JSON.stringify({ taskId: randomUUID(), sourceArn: source.arn })).toString('base64'),
      source,
      destinationArn,
      rate,
      startedAt: Date.now(),
      toMove: source.inspectMessages().ready.length,
      moved: 0,
      allowance: 0,
      status: 'RUNNING',
    };
    this.#tasks.unshift(task);
    this.#timer ??= setInterval(() => this.#tick(), TICK_MS);
    return { TaskHandle: task.handle };
  };

  readonly list: WireAction = ({ parameters }) => {
    const source = this.#existing(parameters.SourceArn, 'SourceArn');
    const limit = Math.min(Number(parameters.MaxResults ?? 1), LISTED_TASKS);
    const tasks = this.#tasks.filter(task => task.source === source).slice(0, limit);
    return { Results: tasks.map(described) };
  };

  readonly cancel: WireAction = ({ parameters }) => {
    const task = this.#tasks.find(({ handle }) => handle === parameters.TaskHandle);
    if (task === undefined || task.status !== 'RUNNING') {
      throw new AwsError('ResourceNotFoundException', 'Task does not exist.', 404);
    }
    task.status = 'CANCELLED';
    return { ApproximateNumberOfMessagesMoved: task.moved };
  };

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #tick(): void {
    const running = this.#tasks.filter(task => task.status === 'RUNNING');
    if (running.length === 0) {
      this.stop();
    }
    for (const task of running) {
      task.allowance += ((task.rate ?? MAX_RATE) * TICK_MS) / 1000;
      while (task.status === 'RUNNING' && task.allowance >= 1) {
        task.allowance -= 1;
        this.#moveOne(task);
      }
    }
  }

  #moveOne(task: MoveTask): void {
    task.source.processTimers();
    const message = takeFirst(task.source);
    if (message === undefined) {
      task.status = 'COMPLETED';
      return;
    }
    const destination = this.#queues.getQueueByArn(task.destinationArn ?? message.deadLetterSourceArn ?? '');
    if (destination === undefined) {
      task.source.enqueue(message);
      task.status = 'FAILED';
      task.failure =
        task.destinationArn === undefined
          ? 'CouldNotDetermineMessageSource'
          : 'AWS.SimpleQueueService.NonExistentQueue';
      return;
    }
    destination.enqueue(asSentAnew(message, destination));
    task.moved += 1;
    // What fails again meanwhile is not for this task, or it might never end.
    if (task.moved === task.toMove) {
      task.status = 'COMPLETED';
    }
  }

  #existing(arn: unknown, parameter: string): FauxqsQueue {
    const queue = this.#queues.getQueueByArn(String(arn ?? ''));
    if (queue === undefined) {
      throw new AwsError(
        'ResourceNotFoundException',
        `The resource that you specified for the ${parameter} parameter doesn't exist.`,
        404,
      );
    }
    return queue;
  }
}
