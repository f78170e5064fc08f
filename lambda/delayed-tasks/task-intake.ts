import type { Logger } from '@aws-lambda-powertools/logger';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import * as v from 'valibot';
import { maxTaskBodyBytes } from '../../contracts/delayed-tasks.ts';
import { longestWaitDays, type ScheduleTaskRequest, scheduleTaskRequest } from '../../contracts/tasks.ts';
import { HttpError, readJson } from '../shared/http.ts';
import { type HttpAnswer, type HttpHandler, httpHandler, refusalOf } from '../shared/http-handler.ts';
import { onCurrentState, type VersionedStates } from '../shared/versioned-items.ts';
import { decideCancellation, decideScheduling, type TaskState } from './domain/task.ts';
import type { TaskSchedule } from './task-schedule.ts';

export interface TaskIntakePorts {
  readonly tasks: VersionedStates<TaskState>;
  readonly schedule: TaskSchedule;
  /** How long a task waits that names no time, which the queue sees to. */
  readonly queueDelaySeconds: number;
  readonly logger: Pick<Logger, 'addContext' | 'info' | 'warn' | 'error'>;
  readonly now?: () => Date;
}

/**
 * Takes tasks over HTTP, tells of them and cancels them.
 *
 * 202 means that the task is recorded *and* will be woken up. It is recorded first: what happens in between
 * leaves a record that nothing wakes up, and a client without an answer, who posts the same again.
 */
export function taskIntake(ports: TaskIntakePorts): HttpHandler {
  const { tasks, schedule, queueDelaySeconds, logger, now = () => new Date() } = ports;

  return httpHandler({
    logger,
    says: { done: 'Task request answered', refused: 'Task request refused' },
    refusalOf: thrown => refusalOf(thrown, { undone: 'That was not done' }),
    answer({ event, correlationId, note }) {
      const taskId = event.pathParameters?.task_id ?? '';
      if (taskId) note({ task_id: taskId });
      switch (event.requestContext.http.method) {
        case 'GET':
          return lookUp(taskId);
        case 'DELETE':
          return cancel(taskId);
        default: {
          const wanted = readTask(event);
          note({ task_id: wanted.task_id });
          return take(wanted, correlationId);
        }
      }
    },
  });

  async function take(wanted: ScheduleTaskRequest, correlationId: string): Promise<HttpAnswer> {
    const { task_id } = wanted;
    // A task is hardly ever posted twice, so that is not asked first: the write finds out.
    const { outcome, state } = await onCurrentState(tasks, task_id, undefined, async seen => {
      const time = now();
      const dueByDefault = new Date(time.getTime() + queueDelaySeconds * 1_000);
      const decision = decideScheduling(seen?.state, { request: wanted, correlationId, dueByDefault }, time);
      if (!('next' in decision) || decision.next === undefined)
        return { outcome: decision.outcome, state: seen?.state };
      await tasks.write(task_id, decision.next, seen);
      return { outcome: decision.outcome, state: decision.next };
    });
    if (outcome === 'too_far') throw faulty('due_at', `Expected a time in the next ${longestWaitDays} days`);
    if (outcome === 'id_taken' || state === undefined) throw idTaken(task_id);
    if (state.status === 'canceled') throw conflict('canceled', `Task ${task_id} was canceled.`);
    if (state.status === 'scheduled') {
      const { due_at, correlation_id } = state.task;
      const isQueuesToDelay = outcome === 'scheduled' && wanted.due_at === undefined;
      await schedule.schedule(
        { task_id, due_at, correlation_id },
        isQueuesToDelay ? undefined : new Date(due_at),
      );
    }
    return { status: 202, outcome, content: described(task_id, state) };
  }

  async function cancel(taskId: string): Promise<HttpAnswer> {
    const { outcome, state } = await onCurrentState(tasks, taskId, await tasks.read(taskId), async seen => {
      const decision = decideCancellation(seen?.state, now());
      if (!('next' in decision) || decision.next === undefined)
        return { outcome: decision.outcome, state: seen?.state };
      await tasks.write(taskId, decision.next, seen);
      return { outcome: decision.outcome, state: decision.next };
    });
    if (state === undefined) throw unknown(taskId);
    if (outcome === 'done') throw conflict('done', `Task ${taskId} was run: it is too late to cancel it.`);
    if (outcome === 'running') {
      throw new HttpError(409, 'running', `Task ${taskId} is being run. Ask again in a moment.`, {
        retryAfterSeconds: 1,
      });
    }
    // It is canceled by now, whether its wake-up is spared or comes and is passed over.
    await schedule
      .cancel(taskId)
      .catch(error => logger.warn('Wake-up not spared: it will be passed over', { task_id: taskId, error }));
    return { status: 200, outcome, content: described(taskId, state) };
  }

  async function lookUp(taskId: string): Promise<HttpAnswer> {
    const found = await tasks.read(taskId);
    if (found === undefined) throw unknown(taskId);
    return { status: 200, outcome: 'found', content: described(taskId, found.state) };
  }
}

/** @throws HttpError naming every fault of the request. */
function readTask(request: APIGatewayProxyEventV2): ScheduleTaskRequest {
  const result = v.safeParse(scheduleTaskRequest, readJson(request, maxTaskBodyBytes));
  if (result.success) return result.output;
  throw new HttpError(400, 'invalid_task', 'The task cannot be taken as it is. Mend the faults.', {
    faults: result.issues.map(issue => ({
      field: v.getDotPath(issue) ?? 'body',
      message: issue.message,
    })),
  });
}

/** A task as its client sees it. */
function described(task_id: string, state: TaskState): object {
  const { kind, payload, due_at } = state.task;
  return {
    task_id,
    status: state.status,
    kind,
    payload,
    due_at,
    ...(state.status === 'done' && { done_at: state.done_at }),
    ...(state.status === 'canceled' && { canceled_at: state.canceled_at }),
  };
}

function faulty(field: string, message: string): HttpError {
  return new HttpError(400, 'invalid_task', 'The task cannot be taken as it is. Mend the faults.', {
    faults: [{ field, message }],
  });
}

function idTaken(taskId: string): HttpError {
  return new HttpError(
    409,
    'id_taken',
    `${taskId} is another task, or the same with another time. Cancel that one, and post this under a new id.`,
  );
}

function conflict(code: string, message: string): HttpError {
  return new HttpError(409, code, `${message} Post another under a new id.`);
}

function unknown(taskId: string): HttpError {
  return new HttpError(404, 'unknown_task', `There is no task ${taskId}.`);
}
