import { type CfnElement, Duration } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { giveUpPaymentEnvironment } from '../../../contracts/order-workflow.ts';
import { DeadLetterConsumer } from '../../../lib/constructs/dead-letter-consumer.ts';
import { DurableQueue } from '../../../lib/constructs/durable-queue.ts';
import { PropsError } from '../../../lib/constructs/validation.ts';
import { onlyResource, referredId, testStack } from '../../support/stack-template.ts';

function makeConsumer(deadLetterVisibilityTimeout?: Duration) {
  const stack = testStack();
  const queue = new DurableQueue(stack, 'Tasks', {
    ...(deadLetterVisibilityTimeout && { deadLetterVisibilityTimeout }),
  });
  const consumer = new DeadLetterConsumer(stack, 'GiveUp', {
    queue,
    description: 'Answers for what was given up',
    entry: 'lambda/order-workflow/give-up-payment.ts',
    environmentSchema: giveUpPaymentEnvironment,
    environment: { LOG_LEVEL: 'INFO' },
    serviceName: 'give-up-payment',
    metricsNamespace: 'OrderWorkflow',
  });
  return { stack, queue, consumer };
}

it('takes from the DLQ, and tells which messages it could not answer for', () => {
  const { stack, queue, consumer } = makeConsumer(Duration.seconds(90));
  const { Properties } = onlyResource(stack, 'AWS::Lambda::EventSourceMapping');
  const idOf = (construct: IConstruct) => stack.getLogicalId(construct.node.defaultChild as CfnElement);

  expect(referredId(Properties.EventSourceArn)).toBe(idOf(queue.deadLetterQueue));
  expect(referredId(Properties.FunctionName)).toBe(idOf(consumer.function));
  expect(Properties).toMatchObject({
    FunctionResponseTypes: ['ReportBatchItemFailures'],
    ScalingConfig: { MaximumConcurrency: 2 },
  });
});

it('is a sign of what is wrong with the queue', () => {
  const { queue, consumer } = makeConsumer(Duration.seconds(90));

  expect(consumer.trigger).toBe(queue);
});

it.each([undefined, Duration.seconds(89)])(
  'refuses a DLQ that hands out a message too soon again',
  timeout => {
    expect(() => makeConsumer(timeout)).toThrow(PropsError);
    expect(() => makeConsumer(timeout)).toThrow(/deadLetterVisibilityTimeout.*90 s or more/);
  },
);
