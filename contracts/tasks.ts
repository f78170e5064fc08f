import * as v from 'valibot';
import { EventFamily, type EventOf, event } from './events.ts';
import { isCalendarDay } from './text.ts';

/** Ids of tasks are names of schedules too, so that the same task is never scheduled twice. */
const id = v.pipe(
  v.string(),
  v.regex(/^[A-Za-z0-9_-]{1,64}$/, 'Invalid id: expected 1 to 64 letters, digits, hyphens or underscores'),
);

/** A moment with its time zone, `2026-11-26T14:30:00Z`; kept in UTC, to the millisecond. */
const moment = v.pipe(
  v.string(),
  v.isoTimestamp('Invalid time: expected one with its time zone, such as 2026-11-26T14:30:00Z'),
  v.transform(text => ({ day: text.slice(0, 'yyyy-mm-dd'.length), date: new Date(text) })),
  v.check(
    ({ day, date }) => isCalendarDay(day) && !Number.isNaN(date.getTime()),
    'Invalid time: expected a date that there is, such as 2026-11-26T14:30:00Z',
  ),
  v.transform(({ date }) => date.toISOString()),
);

/** What is to be done, by its kind: what each needs, and nothing that could change until it is due. */
const payloads = {
  /** A customer is reminded of an order that is not paid yet. */
  remind_unpaid_order: v.object({ order_id: id, customer_id: id }),
  /** What was reserved for an order that never came about is free again. */
  release_reservation: v.object({ reservation_id: id, order_id: id }),
};

/** What a client posts. Without a time, the task waits as long as the queue delays everything. */
export const scheduleTaskRequest = v.variant('kind', [
  v.object({
    task_id: id,
    kind: v.literal('remind_unpaid_order'),
    payload: payloads.remind_unpaid_order,
    due_at: v.optional(moment),
  }),
  v.object({
    task_id: id,
    kind: v.literal('release_reservation'),
    payload: payloads.release_reservation,
    due_at: v.optional(moment),
  }),
]);

export type ScheduleTaskRequest = v.InferOutput<typeof scheduleTaskRequest>;

/** A task is due within so many days, or is not taken. */
export const longestWaitDays = 366;

/** What is recorded of a task, whatever becomes of it: when it is due does not change. */
export const task = v.variant('kind', [
  v.object({
    kind: v.literal('remind_unpaid_order'),
    payload: payloads.remind_unpaid_order,
    due_at: moment,
    correlation_id: v.string(),
  }),
  v.object({
    kind: v.literal('release_reservation'),
    payload: payloads.release_reservation,
    due_at: moment,
    correlation_id: v.string(),
  }),
]);

export type Task = v.InferOutput<typeof task>;

/** Has a task looked at. What there is to do, and whether there still is, the record says. */
export const wakeUps = new EventFamily({
  task_due: event('task_due', { task_id: id, due_at: moment }),
});

export type WakeUps = typeof wakeUps.schemas;
export type TaskDue = EventOf<WakeUps>;

/** What the consumer takes from its queue. */
export const dueTasks = wakeUps.select('task_due');

const dueTask = { task_id: id, due_at: moment };

/** Tasks that are due, on the topic DueTasks, each for whoever does its kind. `task_id` tells repetitions. */
export const taskEvents = new EventFamily({
  remind_unpaid_order: event('remind_unpaid_order', { ...dueTask, payload: payloads.remind_unpaid_order }),
  release_reservation: event('release_reservation', { ...dueTask, payload: payloads.release_reservation }),
});

export type TaskEvents = typeof taskEvents.schemas;
export type TaskEvent = EventOf<TaskEvents>;
