import { GetScheduleCommand, ListSchedulesCommand, SchedulerClient } from '@aws-sdk/client-scheduler';
import type { RunningSystem } from '../scenario.ts';

/** A task as a client posts it. */
export interface PostedTask {
  readonly task_id: string;
  readonly kind: string;
  readonly payload: Readonly<Record<string, string>>;
  readonly due_at?: string;
}

/** A task as the intake tells of it. */
export interface ToldTask extends PostedTask {
  readonly status: string;
  readonly due_at: string;
}

/** What the intake answered. */
export interface Answer {
  readonly status: number;
  readonly content: Partial<ToldTask> & { readonly error?: string };
}

/** A reminder that is due so many seconds from now; without a number, when the queue says. */
export function reminder(task_id: string, dueInSeconds?: number): PostedTask {
  return {
    task_id,
    kind: 'remind_unpaid_order',
    payload: { order_id: `order-of-${task_id}`, customer_id: 'john-doe' },
    ...(dueInSeconds !== undefined && {
      due_at: new Date(Date.now() + dueInSeconds * 1_000).toISOString(),
    }),
  };
}

/** The release of what was reserved, so many seconds from now. */
export function release(task_id: string, dueInSeconds: number): PostedTask {
  return {
    ...reminder(task_id, dueInSeconds),
    kind: 'release_reservation',
    payload: { reservation_id: `reservation-of-${task_id}`, order_id: `order-of-${task_id}` },
  };
}

/** Brings tasks to the system and takes them back, as its clients do. */
export class TaskDesk {
  readonly #system: RunningSystem;
  readonly #scheduler: SchedulerClient;

  constructor(system: RunningSystem) {
    this.#system = system;
    this.#scheduler = new SchedulerClient({
      endpoint: system.endpoint,
      region: system.sqs.config.region,
      credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    });
  }

  post(task: unknown): Promise<Answer> {
    return this.#ask('', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(task),
    });
  }

  lookUp(taskId: string): Promise<Answer> {
    return this.#ask(`/${taskId}`);
  }

  cancel(taskId: string): Promise<Answer> {
    return this.#ask(`/${taskId}`, { method: 'DELETE' });
  }

  /** When the schedule of a task invokes, as it says itself. */
  async scheduleOf(taskId: string): Promise<string> {
    const { ScheduleExpression = '' } = await this.#scheduler.send(
      new GetScheduleCommand({ GroupName: this.#group, Name: taskId }),
    );
    return ScheduleExpression;
  }

  /** Tasks that have a schedule. */
  async scheduled(): Promise<readonly string[]> {
    const { Schedules = [] } = await this.#scheduler.send(
      new ListSchedulesCommand({ GroupName: this.#group }),
    );
    return Schedules.map(({ Name = '' }) => Name).sort();
  }

  close(): void {
    this.#scheduler.destroy();
  }

  get #group(): string {
    return this.#system.output('ScheduleGroupName');
  }

  async #ask(path: string, init: RequestInit = {}): Promise<Answer> {
    const response = await fetch(`${this.#system.output('TasksUrl')}${path}`, init);
    return { status: response.status, content: (await response.json()) as Answer['content'] };
  }
}
