import type { TaskDue, TaskEvent } from '../../contracts/tasks.ts';
import { PassingFailure, PermanentFailure, WorkInProgressError } from '../shared/failures.ts';
import type { Delivery, Handled } from '../shared/queue-consumer.ts';
import { onCurrentState, type Versioned, type VersionedStates } from '../shared/versioned-items.ts';
import { decideRun, done, type RunDecision, released, type TaskState } from './domain/task.ts';

/** Where tasks that are due go: to whoever does their kind. */
export interface TaskTopic {
  publish(event: TaskEvent): Promise<void>;
}

export interface TaskRunningPorts {
  readonly tasks: VersionedStates<TaskState>;
  readonly topic: TaskTopic;
  readonly now?: () => Date;
}

/** A wake-up of a task that is not recorded: it did not come from the intake, or the record was deleted. */
export class UnknownTaskError extends PermanentFailure {
  override readonly name = 'UnknownTaskError';
}

/** A wake-up before its time: the clocks differ by too much, or somebody sent it by hand. */
export class TooEarlyError extends PassingFailure {
  override readonly name = 'TooEarlyError';
}

/**
 * Runs tasks when they are woken up: a task is handed on if its record says that it is due, and then recorded
 * as done. Wake-ups of what is done or canceled are passed over.
 *
 * The run is recorded before the task is handed on, so that two wake-ups at the same time hand it on once. A
 * run that dies in between is done again by the next delivery, under the same task id.
 */
export function taskRunning({ tasks, topic, now = () => new Date() }: TaskRunningPorts) {
  return async (wakeUp: TaskDue, delivery: Delivery): Promise<Handled> => {
    const { task_id } = wakeUp;
    const { decision, stored } = await claim(task_id, delivery);
    switch (decision.action) {
      case 'skip':
        return { outcome: decision.outcome };
      case 'wait':
        throw new WorkInProgressError(
          `Task ${task_id} is being run by another delivery (${decision.lease.owner}), until ` +
            `${new Date(decision.lease.until).toISOString()} at the latest. This one comes back.`,
        );
      case 'too_early':
        throw new TooEarlyError(
          `Task ${task_id} is due at ${decision.dueAt}, and it is ${now().toISOString()}. ` +
            'It comes back; see whether clocks differ, or who woke it up.',
        );
      case 'unknown':
        throw new UnknownTaskError(
          `Task ${task_id} is not recorded. Post tasks to the intake, which records them before they are woken up.`,
        );
      case 'run':
        return run(task_id, decision, stored);
    }
  };

  async function claim(taskId: string, delivery: Delivery) {
    return onCurrentState(tasks, taskId, await tasks.read(taskId), async seen => {
      const time = now();
      const lease = { owner: delivery.id, until: time.getTime() + delivery.remainingTimeInMs() };
      const decision = decideRun(seen?.state, lease, time);
      const stored = decision.action === 'run' ? await tasks.write(taskId, decision.next, seen) : seen;
      return { decision, stored };
    });
  }

  async function run(
    taskId: string,
    { task, next }: Extract<RunDecision, { action: 'run' }>,
    claimed: Versioned<TaskState> | undefined,
  ): Promise<Handled> {
    const { kind, payload, due_at, correlation_id } = task;
    try {
      // The compiler does not see that a kind and its payload stay together.
      await topic.publish({
        event_type: kind,
        correlation_id,
        task_id: taskId,
        due_at,
        payload,
      } as TaskEvent);
    } catch (error) {
      // If that fails too, or somebody else has taken over, the lease ends with the invocation.
      await tasks.write(taskId, released(next), claimed).catch(() => undefined);
      throw error;
    }
    const time = now();
    await tasks.write(taskId, done(next, time), claimed);
    return { outcome: 'handed_on', details: { kind, late_ms: time.getTime() - Date.parse(due_at) } };
  }
}
