import { Aws } from 'aws-cdk-lib';
import { paymentErrors } from '../../contracts/order-workflow.ts';
import type { DurableQueue } from '../constructs/durable-queue.ts';
import type { MessageFunction } from '../constructs/message-function.ts';
import type { WorkflowDefinition } from '../constructs/workflow.ts';

export interface OrderWorkflowParts {
  readonly stock: MessageFunction;
  readonly payments: DurableQueue;
  readonly paymentCancellation: MessageFunction;
}

/** A payment is answered within so many seconds: twice what the queue needs to give a message up. */
const paymentSeconds = 900;

/** A worker takes the message up within so many seconds, and again each time that it comes back. */
const heartbeatSeconds = 300;

/** More than a function may take, which Lambda stops first. */
const functionSeconds = 30;

/** More than all states with all their retries take together: an execution over it is stopped uncompensated. */
const executionSeconds = 7_200;

/** Everybody who failed at the same moment tries again at another. */
const withJitter = { BackoffRate: 2, JitterStrategy: 'FULL' };

/** Before anything is decided: the customer waits. */
const retries = { IntervalSeconds: 1, MaxAttempts: 5, MaxDelaySeconds: 30, ...withJitter };

/** What was taken has to be given back: nobody waits, and giving up means that a person is called. */
const compensationRetries = { IntervalSeconds: 2, MaxAttempts: 10, MaxDelaySeconds: 120, ...withJitter };

/** What else may have happened before the error came: all of it is undone. */
const compensate = [{ ErrorEquals: ['States.ALL'], ResultPath: '$.failure', Next: 'Cancel payment' }];

/**
 * An order's way: reserve stock, have the payment taken by a worker and wait for its answer; whatever fails, cancel
 * the payment and release the stock, and end as declined where that is the answer, else as failed.
 *
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/connect-to-resource.html#connect-wait-token
 */
export function orderWorkflowDefinition(parts: OrderWorkflowParts): WorkflowDefinition {
  return {
    Comment: 'Reserves stock for an order and has its payment taken; undoes both if that fails',
    StartAt: 'Reserve stock',
    TimeoutSeconds: executionSeconds,
    States: {
      'Reserve stock': {
        ...invocation(parts.stock, { command: 'reserve', 'order.$': '$.order' }),
        ResultSelector: { 'status.$': '$.Payload.status' },
        ResultPath: '$.stock',
        Retry: [{ ErrorEquals: ['States.ALL'], ...retries }],
        Catch: compensate,
        Next: 'Is it reserved?',
      },
      'Is it reserved?': {
        Type: 'Choice',
        Choices: [
          { Variable: '$.stock.status', StringEquals: 'reserved', Next: 'Take payment' },
          { Variable: '$.stock.status', StringEquals: 'out_of_stock', Next: 'Out of stock' },
        ],
        Default: 'Canceled before',
      },
      'Take payment': {
        Type: 'Task',
        Resource: `arn:${Aws.PARTITION}:states:::sqs:sendMessage.waitForTaskToken`,
        Parameters: {
          QueueUrl: parts.payments.queue.queueUrl,
          MessageBody: { 'task_token.$': '$$.Task.Token', 'order.$': '$.order' },
        },
        TimeoutSeconds: paymentSeconds,
        HeartbeatSeconds: heartbeatSeconds,
        ResultPath: '$.payment',
        Retry: [
          // Answers, and no answer in time: asked again, the worker would say the same, or nothing again.
          {
            ErrorEquals: [...Object.values(paymentErrors), 'States.Timeout', 'States.HeartbeatTimeout'],
            MaxAttempts: 0,
          },
          // What is left is that the message could not be sent.
          { ErrorEquals: ['States.ALL'], ...retries },
        ],
        Catch: compensate,
        Next: 'Paid',
      },
      Paid: ending({ status: 'paid' }),
      'Out of stock': ending({ status: 'out_of_stock' }),
      'Canceled before': {
        Type: 'Fail',
        Error: 'OrderCanceledBefore',
        Cause:
          'The stock of an order with this id was released before: an order is placed again under a new id.',
      },

      // No Catch: what cannot be undone fails the execution here, and a redrive of it goes on from here.
      'Cancel payment': {
        ...invocation(parts.paymentCancellation, { 'order.$': '$.order' }),
        ResultPath: null,
        Retry: [{ ErrorEquals: ['States.ALL'], ...compensationRetries }],
        Next: 'Release stock',
      },
      'Release stock': {
        ...invocation(parts.stock, { command: 'release', 'order.$': '$.order' }),
        ResultPath: null,
        Retry: [{ ErrorEquals: ['States.ALL'], ...compensationRetries }],
        Next: 'Was it declined?',
      },
      'Was it declined?': {
        Type: 'Choice',
        Choices: [{ Variable: '$.failure.Error', StringEquals: paymentErrors.declined, Next: 'Declined' }],
        Default: 'Failed',
      },
      Declined: ending({ status: 'declined', 'reason.$': '$.failure.Cause' }),
      Failed: { Type: 'Fail', ErrorPath: '$.failure.Error', CausePath: '$.failure.Cause' },
    },
  };
}

function invocation({ function: invoked }: MessageFunction, payload: object) {
  return {
    Type: 'Task',
    Resource: `arn:${Aws.PARTITION}:states:::lambda:invoke`,
    Parameters: { FunctionName: invoked.functionArn, Payload: payload },
    TimeoutSeconds: functionSeconds,
  };
}

/** How the execution ends, as its output says it. */
function ending(outcome: object) {
  return { Type: 'Pass', Parameters: { 'order_id.$': '$.order.order_id', ...outcome }, End: true };
}
