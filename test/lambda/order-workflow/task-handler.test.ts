import * as v from 'valibot';
import { cancellationTask, paymentTask } from '../../../contracts/order-workflow.ts';
import { taskHandler } from '../../../lambda/order-workflow/task-handler.ts';
import { parseTask, subjectOf } from '../../../lambda/order-workflow/task-message.ts';
import { BadMessageError, DependencyDownError } from '../../../lambda/shared/failures.ts';
import { lambdaContext } from '../../support/lambda-context.ts';
import { catchLogLines } from '../../support/log-lines.ts';
import { orderPlaced } from '../../support/order-events.ts';

describe('taskHandler', () => {
  it('answers the workflow, and logs what was done', async () => {
    const lines = catchLogLines();
    const handler = taskHandler({
      schema: cancellationTask,
      handle: async () => ({ outcome: 'refunded', answer: { status: 'refunded' } }),
    });

    await expect(handler({ order: orderPlaced() }, lambdaContext())).resolves.toEqual({ status: 'refunded' });
    expect(lines).toEqual([
      expect.objectContaining({ message: 'Task done', outcome: 'refunded', order_id: '12345' }),
    ]);
  });

  it('fails the task under the name of the error', async () => {
    const lines = catchLogLines();
    const handler = taskHandler({
      schema: cancellationTask,
      handle: async () => {
        throw new DependencyDownError('The gateway is down');
      },
    });

    await expect(handler({ order: orderPlaced() }, lambdaContext())).rejects.toMatchObject({
      name: 'DependencyDownError',
    });
    expect(lines).toEqual([
      expect.objectContaining({ outcome: 'failed', failure: 'passing', order_id: '12345' }),
    ]);
  });

  it('refuses what is no task, naming what is wrong', async () => {
    catchLogLines();
    const handler = taskHandler({
      schema: v.object({ order: cancellationTask.entries.order, command: v.literal('reserve') }),
      handle: async () => ({ outcome: 'never', answer: {} }),
    });

    await expect(handler({ order: orderPlaced() }, lambdaContext())).rejects.toThrow(/command/);
  });
});

describe('parseTask', () => {
  it('reads the order with its token', () => {
    const task = { task_token: 'token-1', order: orderPlaced() };

    expect(parseTask(paymentTask, task)).toEqual([task]);
  });

  it.each([
    ['a message without a token', { order: orderPlaced() }, /task_token/],
    ['one whose order is none', { task_token: 'token-1', order: { order_id: '12345' } }, /order/],
  ])('refuses %s', (_, content, fault) => {
    expect(() => parseTask(paymentTask, content)).toThrow(BadMessageError);
    expect(() => parseTask(paymentTask, content)).toThrow(fault);
  });
});

it('logs which order a message is about, and never its token', () => {
  expect(subjectOf({ task_token: 'token-1', order: orderPlaced() })).toEqual({
    order_id: '12345',
    correlation_id: 'correlation-1',
  });
  expect(subjectOf('no object')).toEqual({ order_id: undefined, correlation_id: undefined });
});
