import { Logger } from '@aws-lambda-powertools/logger';
import type { Context } from 'aws-lambda';
import * as v from 'valibot';
import type { OrderPlaced } from '../../contracts/orders.ts';
import { BadMessageError, errorFrom, failureKind } from '../shared/failures.ts';
import type { Delivery, Handled } from '../shared/queue-consumer.ts';

/** What every task of the workflow is about. */
interface OrderTask {
  readonly order: OrderPlaced;
}

export interface TaskHandlerOptions<Task extends OrderTask, Answer extends object> {
  readonly schema: v.GenericSchema<unknown, Task>;
  /** Does the task. Must stand being called again with the same one: the workflow tries again. */
  readonly handle: (task: Task, delivery: Delivery) => Promise<Handled & { readonly answer: Answer }>;
}

export type TaskHandler<Answer> = (event: unknown, context: Context) => Promise<Answer>;

/**
 * Makes a Lambda handler of a function that does one task of the workflow, which invokes it and waits. Each task
 * leaves one log line with its outcome. What is thrown fails the task under the name of the error.
 */
export function taskHandler<Task extends OrderTask, Answer extends object>({
  schema,
  handle,
}: TaskHandlerOptions<Task, Answer>): TaskHandler<Answer> {
  const logger = new Logger();
  return async (event, context) => {
    logger.addContext(context);
    let subject: Readonly<Record<string, unknown>> = {};
    try {
      const task = parsed(schema, event);
      const { order_id, correlation_id } = task.order;
      subject = { order_id, correlation_id };
      const delivery = {
        id: context.awsRequestId,
        remainingTimeInMs: () => context.getRemainingTimeInMillis(),
      };
      const { outcome, details, answer } = await handle(task, delivery);
      logger.info('Task done', { outcome, ...subject, ...details });
      return answer;
    } catch (thrown) {
      const error = errorFrom(thrown);
      const kind = failureKind(error);
      const level = kind === 'passing' ? 'warn' : 'error';
      logger[level]('Task failed', { outcome: 'failed', failure: kind, ...subject, error });
      throw error;
    }
  };
}

/** @throws BadMessageError naming every field that is wrong. */
function parsed<Task>(schema: v.GenericSchema<unknown, Task>, event: unknown): Task {
  const result = v.safeParse(schema, event);
  if (result.success) return result.output;
  const faults = result.issues.map(issue => `${v.getDotPath(issue) ?? 'task'}: ${issue.message}`);
  throw new BadMessageError(`What the workflow asks is no task of this function: ${faults.join('; ')}.`);
}
