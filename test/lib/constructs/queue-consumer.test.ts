import { Duration } from 'aws-cdk-lib';
import * as v from 'valibot';
import { DurableQueue } from '../../../lib/constructs/durable-queue.ts';
import { MessageKey } from '../../../lib/constructs/message-key.ts';
import { QueueConsumer, type QueueConsumerProps } from '../../../lib/constructs/queue-consumer.ts';
import { PropsError } from '../../../lib/constructs/validation.ts';
import { onlyResource, resourceOf, testStack } from '../../support/stack-template.ts';

const environmentSchema = v.object({ TABLE_NAME: v.string() });

interface Options extends Partial<QueueConsumerProps<typeof environmentSchema>> {
  readonly visibilityTimeout?: Duration;
  readonly encrypted?: boolean;
  readonly fifo?: boolean;
}

function makeConsumer({
  visibilityTimeout = Duration.seconds(90),
  encrypted,
  fifo = false,
  ...props
}: Options = {}) {
  const stack = testStack();
  const key = encrypted ? new MessageKey(stack, 'Key', { description: 'Encrypts orders' }) : undefined;
  const queue = new DurableQueue(stack, 'Payment', { visibilityTimeout, fifo, ...(key && { key }) });
  const consumer = new QueueConsumer(stack, 'PaymentConsumer', {
    queue,
    description: 'Charges orders',
    entry: 'lambda/order-processing/payment.ts',
    environmentSchema,
    environment: { TABLE_NAME: 'payments' },
    serviceName: 'payment',
    metricsNamespace: 'OrderProcessing',
    maxConcurrency: 5,
    ...props,
  });
  return { stack, queue, consumer, key };
}

const mapping = (options?: Options) =>
  onlyResource(makeConsumer(options).stack, 'AWS::Lambda::EventSourceMapping').Properties;

describe('QueueConsumer', () => {
  it('runs for its queue, as often at a time as it is told', () => {
    const { queue, consumer } = makeConsumer({ maxConcurrency: 7 });
    expect(consumer.trigger).toBe(queue);
    expect(consumer.maxConcurrency).toBe(7);
  });

  it('takes messages from its queue', () => {
    const { stack, queue, consumer } = makeConsumer();
    expect(onlyResource(stack, 'AWS::Lambda::EventSourceMapping').Properties).toMatchObject({
      EventSourceArn: stack.resolve(queue.queue.queueArn),
      FunctionName: stack.resolve(consumer.function.functionName),
    });
    expect(consumer.queue).toBe(queue);
  });

  it('takes up to ten at once by default, and waits for none', () => {
    expect(mapping()).toMatchObject({ BatchSize: 10 });
    expect(mapping()).not.toHaveProperty('MaximumBatchingWindowInSeconds');
  });

  it('takes larger batches when it may wait for them', () => {
    expect(
      mapping({
        batchSize: 10_000,
        batchingWindow: Duration.minutes(5),
        visibilityTimeout: Duration.seconds(6 * 15 + 300),
      }),
    ).toMatchObject({ BatchSize: 10_000, MaximumBatchingWindowInSeconds: 300 });
  });

  it('says which messages failed, so that only those come back', () => {
    expect(mapping()).toMatchObject({ FunctionResponseTypes: ['ReportBatchItemFailures'] });
  });

  it('is held to its concurrency by the mapping, not by reserving it, which would throttle the pollers', () => {
    const { stack, consumer } = makeConsumer({ maxConcurrency: 7 });
    const { Properties } = onlyResource(stack, 'AWS::Lambda::EventSourceMapping');
    expect(Properties).toMatchObject({ ScalingConfig: { MaximumConcurrency: 7 } });
    expect(Properties).not.toHaveProperty('ProvisionedPollerConfig');
    expect(resourceOf(consumer.function).Properties).not.toHaveProperty('ReservedConcurrentExecutions');
  });

  it('is a function like any other', () => {
    const { consumer } = makeConsumer({ timeout: Duration.seconds(10), memorySize: 512 });
    expect(resourceOf(consumer.function).Properties).toMatchObject({ Timeout: 10, MemorySize: 512 });
  });
});

describe('role of a QueueConsumer', () => {
  const consuming = (options?: Options) => {
    const made = makeConsumer(options);
    const { PolicyDocument } = onlyResource(made.stack, 'AWS::IAM::Policy').Properties;
    const { Statement } = PolicyDocument as { Statement: { Action: string | string[] }[] };
    return {
      ...made,
      statements: Statement.filter(({ Action }) => /^(sqs|kms):/.test([Action].flat()[0] ?? '')),
    };
  };

  it('may receive from its own queue, delete and hide there, and nothing else', () => {
    const { stack, queue, statements } = consuming();
    expect(statements).toEqual([
      {
        Effect: 'Allow',
        Action: [
          'sqs:ChangeMessageVisibility',
          'sqs:DeleteMessage',
          'sqs:GetQueueAttributes',
          'sqs:GetQueueUrl',
          'sqs:ReceiveMessage',
        ],
        Resource: stack.resolve(queue.queue.queueArn),
      },
    ]);
  });

  it('may decrypt with the key of the queue', () => {
    const { stack, key, statements } = consuming({ encrypted: true });
    expect(statements).toHaveLength(2);
    expect(statements).toContainEqual({
      Effect: 'Allow',
      Action: 'kms:Decrypt',
      Resource: stack.resolve(key?.keyArn),
    });
  });
});

describe('props of a QueueConsumer', () => {
  it.each<[string, Options, string]>([
    [
      'batchSize is 0',
      { batchSize: 0 },
      'batchSize is 0; allowed: a whole number from 1 to 10, or to 10,000 with a batchingWindow. Set batchingWindow',
    ],
    [
      'batchSize is over 10 without a window',
      { batchSize: 11 },
      'batchSize is 11; allowed: a whole number from 1 to 10, or to 10,000 with a batchingWindow.',
    ],
    [
      'batchSize is over 10,000',
      { batchSize: 10_001, batchingWindow: Duration.seconds(1) },
      'batchSize is 10001; allowed: a whole number from 1 to 10, or to 10,000 with a batchingWindow.',
    ],
    [
      'batchingWindow is over 5 minutes',
      { batchingWindow: Duration.seconds(301), visibilityTimeout: Duration.hours(1) },
      'batchingWindow is 301 s; allowed: 0 seconds to 5 minutes. A longer wait needs a delay',
    ],
    [
      'batchingWindow is for a FIFO queue',
      { fifo: true, batchingWindow: Duration.seconds(1), visibilityTimeout: Duration.seconds(91) },
      'batchingWindow is 1 s; allowed: none for a FIFO queue. Lambda gathers no batches from one',
    ],
    [
      'maxConcurrency is 1',
      { maxConcurrency: 1 },
      'maxConcurrency is 1; allowed: a whole number from 2 to 1,000. One invocation at a time',
    ],
    [
      'maxConcurrency is over 1,000',
      { maxConcurrency: 1_001 },
      'maxConcurrency is 1001; allowed: a whole number from 2 to 1,000.',
    ],
    [
      'the queue hides messages for less than six timeouts',
      { timeout: Duration.seconds(15), visibilityTimeout: Duration.seconds(89) },
      "queue's visibilityTimeout is 89 s; allowed: 90 s or more, six times the function's timeout and the batching window. Raise it, or shorten",
    ],
    [
      'the queue hides messages for less than six timeouts and the window',
      { batchingWindow: Duration.seconds(30), visibilityTimeout: Duration.seconds(119) },
      "queue's visibilityTimeout is 119 s; allowed: 120 s or more",
    ],
    [
      'the prop of its function is out of range',
      { memorySize: 1 },
      'memorySize is 1; allowed: a whole number of MiB from 128 to 10,240.',
    ],
  ])('fails when %s', (_, options, message) => {
    expect(() => makeConsumer(options)).toThrow(PropsError);
    expect(() => makeConsumer(options)).toThrow(`orders/PaymentConsumer: ${message}`);
  });

  it('take a visibility timeout of six timeouts and the window, to the second', () => {
    const held = { batchingWindow: Duration.seconds(30), visibilityTimeout: Duration.seconds(120) };
    expect(() => makeConsumer(held)).not.toThrow();
  });

  it.each([2, 1_000])('take a maxConcurrency of %d', maxConcurrency => {
    expect(mapping({ maxConcurrency })).toMatchObject({
      ScalingConfig: { MaximumConcurrency: maxConcurrency },
    });
  });
});
