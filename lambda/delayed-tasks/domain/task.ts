import { isDeepStrictEqual } from 'node:util';
import { longestWaitDays, type ScheduleTaskRequest, type Task } from '../../../contracts/tasks.ts';

const dayMs = 24 * 60 * 60 * 1_000;

/** A task is remembered for so many days after it was due: longer than any message of it can live. */
const rememberedDays = 30;

/** The clocks of those who delay and of those who run differ by less than this. */
const clockDifferenceMs = 5_000;

/** Who runs a task, and until when nobody else may. */
export interface Lease {
  readonly owner: string;
  /** Milliseconds since 1970. */
  readonly until: number;
}

/** What is known of a task. */
export type TaskState = {
  readonly task: Task;
  /** Seconds since 1970 after which it is forgotten. */
  readonly expires_at: number;
} & (
  | { readonly status: 'scheduled' }
  | { readonly status: 'running'; readonly lease: Lease }
  | { readonly status: 'done'; readonly done_at: string }
  | { readonly status: 'canceled'; readonly canceled_at: string }
);

export type SchedulingDecision =
  | { readonly outcome: 'scheduled' | 'scheduled_before'; readonly next?: TaskState }
  /** Nothing is left to schedule. */
  | { readonly outcome: 'running' | 'done' | 'canceled' }
  /** Another task has the id. */
  | { readonly outcome: 'id_taken' }
  | { readonly outcome: 'too_far' };

/** What is asked for, once it is known when that is due. */
export interface WantedTask {
  readonly request: ScheduleTaskRequest;
  readonly correlationId: string;
  /** When a task is due that names no time. */
  readonly dueByDefault: Date;
}

/** Decides whether a task is taken. The same again is the same task, whether it names its time or not. */
export function decideScheduling(
  state: TaskState | undefined,
  { request, correlationId, dueByDefault }: WantedTask,
  now: Date,
): SchedulingDecision {
  const { task_id: _, due_at = undefined, ...what } = request;
  if (state !== undefined) {
    const { kind, payload, due_at: known } = state.task;
    const isSame = isDeepStrictEqual({ kind, payload }, what) && (due_at ?? known) === known;
    if (!isSame) return { outcome: 'id_taken' };
    return { outcome: state.status === 'scheduled' ? 'scheduled_before' : state.status };
  }
  const dueAt = due_at ?? dueByDefault.toISOString();
  const due = Date.parse(dueAt);
  if (due - now.getTime() > longestWaitDays * dayMs) return { outcome: 'too_far' };
  const task: Task = { ...what, due_at: dueAt, correlation_id: correlationId };
  const forgottenAt = Math.max(due, now.getTime()) + rememberedDays * dayMs;
  return {
    outcome: 'scheduled',
    next: { status: 'scheduled', task, expires_at: Math.ceil(forgottenAt / 1_000) },
  };
}

export type CancellationDecision =
  | { readonly outcome: 'canceled' | 'canceled_before'; readonly next?: TaskState }
  | { readonly outcome: 'running' | 'done' | 'unknown' };

/** Decides whether a task can be taken back: until somebody runs it. */
export function decideCancellation(state: TaskState | undefined, now: Date): CancellationDecision {
  switch (state?.status) {
    case undefined:
      return { outcome: 'unknown' };
    case 'canceled':
      return { outcome: 'canceled_before' };
    case 'done':
      return { outcome: 'done' };
    case 'running':
      // Who held a lease that is over died before the end: it would be run again, and need not be.
      return state.lease.until > now.getTime() ? { outcome: 'running' } : canceled(state, now);
    case 'scheduled':
      return canceled(state, now);
  }
}

function canceled({ task, expires_at }: TaskState, now: Date): CancellationDecision {
  return {
    outcome: 'canceled',
    next: { status: 'canceled', task, expires_at, canceled_at: now.toISOString() },
  };
}

export type RunDecision =
  | { readonly action: 'run'; readonly task: Task; readonly next: TaskState }
  /** Nothing is to be done, now or later. */
  | { readonly action: 'skip'; readonly outcome: 'done_before' | 'canceled' }
  | { readonly action: 'wait'; readonly lease: Lease }
  /** It was woken up before its time. */
  | { readonly action: 'too_early'; readonly dueAt: string }
  | { readonly action: 'unknown' };

/** Decides what a wake-up leads to: only what is recorded as due is run, and by one at a time. */
export function decideRun(state: TaskState | undefined, lease: Lease, now: Date): RunDecision {
  switch (state?.status) {
    case undefined:
      return { action: 'unknown' };
    case 'done':
      return { action: 'skip', outcome: 'done_before' };
    case 'canceled':
      return { action: 'skip', outcome: 'canceled' };
    case 'running':
      return state.lease.until > now.getTime() ? { action: 'wait', lease: state.lease } : run(state, lease);
    case 'scheduled':
      return Date.parse(state.task.due_at) > now.getTime() + clockDifferenceMs
        ? { action: 'too_early', dueAt: state.task.due_at }
        : run(state, lease);
  }
}

function run({ task, expires_at }: TaskState, lease: Lease): RunDecision {
  return { action: 'run', task, next: { status: 'running', task, expires_at, lease } };
}

/** A task that was run. */
export function done({ task, expires_at }: TaskState, now: Date): TaskState {
  return { status: 'done', task, expires_at, done_at: now.toISOString() };
}

/** A task whose run failed: it can be run again, or canceled. */
export function released({ task, expires_at }: TaskState): TaskState {
  return { status: 'scheduled', task, expires_at };
}
