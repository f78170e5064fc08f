import { type Task, wakeUps } from '../../contracts/tasks.ts';
import { type WakeUpLimits, wakeUpFor } from './domain/wake-up.ts';

/** What is woken up. */
export type SleepingTask = Pick<Task, 'due_at' | 'correlation_id'> & { readonly task_id: string };

/** Has tasks looked at when they are due. */
export interface TaskSchedule {
  /**
   * Has a task woken up at a time; without one, after as long as the queue delays everything. May be asked
   * again: a task that is woken up twice is run once.
   *
   * @throws DependencyDownError when that cannot be had now.
   */
  schedule(task: SleepingTask, at?: Date): Promise<void>;

  /** Spares a task its wake-up, where that can be had; one that comes all the same finds it canceled. */
  cancel(taskId: string): Promise<void>;
}

/** Messages that SQS hides until they are due. They cannot be taken back. */
export interface MessageTimer {
  /** @param delaySeconds 0 to 900; without it, the queue's own. */
  send(body: string, delaySeconds?: number): Promise<void>;
}

/** Schedules that send one message when they are due, each under a name. */
export interface OneTimeSchedules {
  put(name: string, at: Date, body: string): Promise<void>;
  remove(name: string): Promise<void>;
}

export interface TimersAndSchedulesOptions {
  readonly timer: MessageTimer;
  readonly schedules: OneTimeSchedules;
  readonly limits: WakeUpLimits;
  readonly now?: () => Date;
}

/** Wakes up by the timer of a message what is due soon, by a schedule what is due later. */
export class TimersAndSchedules implements TaskSchedule {
  readonly #options: Required<TimersAndSchedulesOptions>;

  constructor(options: TimersAndSchedulesOptions) {
    this.#options = { now: () => new Date(), ...options };
  }

  async schedule(task: SleepingTask, at?: Date): Promise<void> {
    const { timer, schedules, limits, now } = this.#options;
    const { task_id, due_at, correlation_id } = task;
    const { body } = wakeUps.encode({ event_type: 'task_due', task_id, due_at, correlation_id });
    if (at === undefined) return timer.send(body);
    const wakeUp = wakeUpFor(at, now(), limits);
    await (wakeUp.by === 'timer'
      ? timer.send(body, wakeUp.delaySeconds)
      : schedules.put(task_id, wakeUp.at, body));
  }

  async cancel(taskId: string): Promise<void> {
    await this.#options.schedules.remove(taskId);
  }
}
