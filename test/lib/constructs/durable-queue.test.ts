import { Duration } from 'aws-cdk-lib';
import { DurableQueue, type DurableQueueProps } from '../../../lib/constructs/durable-queue.ts';
import { MessageKey } from '../../../lib/constructs/message-key.ts';
import { PropsError } from '../../../lib/constructs/validation.ts';
import { resourceOf, resourcesOfType, templateOf, testStack } from '../../support/stack-template.ts';

function makeQueue(props: DurableQueueProps = {}) {
  const stack = testStack();
  const made = new DurableQueue(stack, 'Payment', props);
  return { stack, made, queue: resourceOf(made.queue), deadLetterQueue: resourceOf(made.deadLetterQueue) };
}

const days = (count: number) => count * 24 * 60 * 60;

describe('DurableQueue', () => {
  it('is two queues, named after their place', () => {
    const { stack, queue, deadLetterQueue } = makeQueue();
    expect(resourcesOfType(templateOf(stack), 'AWS::SQS::Queue')).toHaveLength(2);
    expect(queue.Properties).toMatchObject({ QueueName: 'orders-payment' });
    expect(deadLetterQueue.Properties).toMatchObject({ QueueName: 'orders-payment-dlq' });
  });

  it('sends what fails five times to the DLQ that it exposes', () => {
    const { stack, made, queue } = makeQueue();
    expect(queue.Properties.RedrivePolicy).toEqual({
      deadLetterTargetArn: stack.resolve(made.deadLetterQueue.queueArn),
      maxReceiveCount: 5,
    });
  });

  it('is the one source that the DLQ admits, by its name', () => {
    const { queue, deadLetterQueue } = makeQueue();
    expect(deadLetterQueue.Properties.RedriveAllowPolicy).toEqual({
      redrivePermission: 'byQueue',
      sourceQueueArns: [
        {
          'Fn::Join': [
            '',
            [
              'arn:',
              { Ref: 'AWS::Partition' },
              ':sqs:',
              { Ref: 'AWS::Region' },
              ':',
              { Ref: 'AWS::AccountId' },
              `:${queue.Properties.QueueName}`,
            ],
          ],
        },
      ],
    });
  });

  it('keeps messages for 4 days by default, and its DLQ for 14', () => {
    const { queue, deadLetterQueue } = makeQueue();
    expect(queue.Properties).toMatchObject({ MessageRetentionPeriod: days(4) });
    expect(deadLetterQueue.Properties).toMatchObject({ MessageRetentionPeriod: days(14) });
  });

  it('hides a received message for 30 seconds by default', () => {
    const { made, queue } = makeQueue();
    expect(queue.Properties).toMatchObject({ VisibilityTimeout: 30 });
    expect(made.visibilityTimeout.toSeconds()).toBe(30);
  });

  it('lets a receive wait for 20 seconds', () => {
    expect(makeQueue().queue.Properties).toMatchObject({ ReceiveMessageWaitTimeSeconds: 20 });
  });

  it('delays nothing by default', () => {
    expect(makeQueue().queue.Properties).not.toHaveProperty('DelaySeconds');
  });

  it('takes what it is given', () => {
    const { made, queue } = makeQueue({
      visibilityTimeout: Duration.hours(12),
      retentionPeriod: Duration.days(13),
      maxReceiveCount: 1_000,
      deliveryDelay: Duration.minutes(15),
    });
    expect(queue.Properties).toMatchObject({
      VisibilityTimeout: 43_200,
      MessageRetentionPeriod: days(13),
      RedrivePolicy: { maxReceiveCount: 1_000 },
      DelaySeconds: 900,
    });
    expect(made.visibilityTimeout.toHours()).toBe(12);
  });
});

describe('a FIFO DurableQueue', () => {
  it('orders and deduplicates by message group, with high throughput', () => {
    const queue = new DurableQueue(testStack(), 'Ledger', { fifo: true });

    expect(resourceOf(queue.queue).Properties).toMatchObject({
      QueueName: 'orders-ledger.fifo',
      FifoQueue: true,
      ContentBasedDeduplication: true,
      DeduplicationScope: 'messageGroup',
      FifoThroughputLimit: 'perMessageGroupId',
    });
  });

  it('has a FIFO DLQ, which admits it by its name', () => {
    const { queue, deadLetterQueue } = new DurableQueue(testStack(), 'Ledger', { fifo: true });

    expect(resourceOf(deadLetterQueue).Properties).toMatchObject({
      QueueName: 'orders-ledger-dlq.fifo',
      FifoQueue: true,
    });
    expect(JSON.stringify(resourceOf(deadLetterQueue).Properties.RedriveAllowPolicy)).toContain(
      String(resourceOf(queue).Properties.QueueName),
    );
  });

  it('is standard by default', () => {
    const { queue, deadLetterQueue } = new DurableQueue(testStack(), 'Ledger');
    for (const each of [queue, deadLetterQueue]) {
      expect(resourceOf(each).Properties).not.toHaveProperty('FifoQueue');
    }
  });
});

describe('encryption of a DurableQueue', () => {
  it('is by keys of SQS by default, for queue and DLQ', () => {
    const { made, queue, deadLetterQueue } = makeQueue();
    for (const { Properties } of [queue, deadLetterQueue]) {
      expect(Properties).toMatchObject({ SqsManagedSseEnabled: true });
      expect(Properties).not.toHaveProperty('KmsMasterKeyId');
    }
    expect(made.key).toBeUndefined();
  });

  it('is by the key that it is given, for queue and DLQ', () => {
    const stack = testStack();
    const key = new MessageKey(stack, 'Key', { description: 'Encrypts orders' });
    const made = new DurableQueue(stack, 'Payment', { key });
    const keyArn = stack.resolve(key.keyArn);
    expect(resourceOf(made.queue).Properties).toMatchObject({
      KmsMasterKeyId: keyArn,
      KmsDataKeyReusePeriodSeconds: 300,
    });
    expect(resourceOf(made.deadLetterQueue).Properties).toMatchObject({ KmsMasterKeyId: keyArn });
    expect(made.key).toBe(key);
  });

  it('uses a data key for as long as it is told', () => {
    const stack = testStack();
    const key = new MessageKey(stack, 'Key', { description: 'Encrypts orders' });
    const made = new DurableQueue(stack, 'Payment', { key, dataKeyReuse: Duration.hours(24) });
    expect(resourceOf(made.queue).Properties).toMatchObject({ KmsDataKeyReusePeriodSeconds: 86_400 });
  });

  it('is demanded of whoever connects: both queues refuse requests without TLS', () => {
    const { stack, made } = makeQueue();
    const policies = resourcesOfType(templateOf(stack), 'AWS::SQS::QueuePolicy').map(
      ([, policy]) => policy.Properties,
    );
    for (const { queueArn, queueUrl } of [made.queue, made.deadLetterQueue]) {
      expect(policies).toContainEqual({
        PolicyDocument: {
          Version: '2012-10-17',
          Statement: [
            {
              Effect: 'Deny',
              Principal: { AWS: '*' },
              Action: 'sqs:*',
              Resource: stack.resolve(queueArn),
              Condition: { Bool: { 'aws:SecureTransport': 'false' } },
            },
          ],
        },
        Queues: [stack.resolve(queueUrl)],
      });
    }
  });
});

describe('props of a DurableQueue', () => {
  it.each<[string, DurableQueueProps, string]>([
    [
      'visibilityTimeout is over 12 hours',
      { visibilityTimeout: Duration.seconds(43_201) },
      'visibilityTimeout is 43201 s; allowed: 0 seconds to 12 hours. Extend the visibility',
    ],
    [
      'retentionPeriod is under 60 seconds',
      { retentionPeriod: Duration.seconds(59) },
      'retentionPeriod is 59 s; allowed: 60 seconds to 13 days. The DLQ keeps messages for 14 days',
    ],
    [
      'retentionPeriod is that of the DLQ',
      { retentionPeriod: Duration.days(14) },
      'retentionPeriod is 1209600 s; allowed: 60 seconds to 13 days.',
    ],
    [
      'maxReceiveCount is 1',
      { maxReceiveCount: 1 },
      'maxReceiveCount is 1; allowed: a whole number from 2 to 1,000. With 1, a consumer',
    ],
    [
      'maxReceiveCount is over 1,000',
      { maxReceiveCount: 1_001 },
      'maxReceiveCount is 1001; allowed: a whole number from 2 to 1,000.',
    ],
    [
      'maxReceiveCount is not whole',
      { maxReceiveCount: 2.5 },
      'maxReceiveCount is 2.5; allowed: a whole number from 2 to 1,000.',
    ],
    [
      'dataKeyReuse is under a minute',
      { dataKeyReuse: Duration.seconds(59) },
      'dataKeyReuse is 59 s; allowed: 1 minute to 24 hours. Five minutes suits',
    ],
    [
      'dataKeyReuse is over 24 hours',
      { dataKeyReuse: Duration.seconds(86_401) },
      'dataKeyReuse is 86401 s; allowed: 1 minute to 24 hours.',
    ],
    [
      'deliveryDelay is over 15 minutes',
      { deliveryDelay: Duration.seconds(901) },
      'deliveryDelay is 901 s; allowed: 0 seconds to 15 minutes. Schedule what is due later',
    ],
  ])('fails when %s', (_, props, message) => {
    expect(() => makeQueue(props)).toThrow(PropsError);
    expect(() => makeQueue(props)).toThrow(`orders/Payment: ${message}`);
  });

  it('are checked before anything is made', () => {
    const stack = testStack();
    expect(() => new DurableQueue(stack, 'Payment', { maxReceiveCount: 1 })).toThrow(PropsError);
    expect(stack.node.children).toEqual([]);
  });

  it.each<[string, DurableQueueProps]>([
    ['visibilityTimeout', { visibilityTimeout: Duration.seconds(0) }],
    ['retentionPeriod', { retentionPeriod: Duration.seconds(60) }],
    ['maxReceiveCount', { maxReceiveCount: 2 }],
    ['dataKeyReuse', { dataKeyReuse: Duration.minutes(1) }],
    ['deliveryDelay', { deliveryDelay: Duration.seconds(0) }],
  ])('take the smallest %s', (_, props) => {
    expect(() => makeQueue(props)).not.toThrow();
  });
});

describe('DurableQueue.admit', () => {
  const sourceArn = 'arn:aws:events:eu-west-1:123456789012:rule/nightly';

  it('lets a service send to the queue, and use its key, for one source', () => {
    const stack = testStack();
    const key = new MessageKey(stack, 'Key', { description: 'Encrypts orders' });
    const made = new DurableQueue(stack, 'Payment', { key });

    made.admit('events.amazonaws.com', { sourceArn });

    const admitted = (document: unknown) =>
      (document as { Statement: { Principal: { Service?: string } }[] }).Statement.filter(
        statement => statement.Principal.Service,
      );
    const policies = resourcesOfType(templateOf(stack), 'AWS::SQS::QueuePolicy').flatMap(([, policy]) =>
      admitted(policy.Properties.PolicyDocument),
    );
    expect(policies).toEqual([
      {
        Effect: 'Allow',
        Principal: { Service: 'events.amazonaws.com' },
        Action: 'sqs:SendMessage',
        Resource: stack.resolve(made.queue.queueArn),
        Condition: { ArnLike: { 'aws:SourceArn': sourceArn } },
      },
    ]);
    expect(admitted(resourceOf(key).Properties.KeyPolicy)).toMatchObject([
      {
        Principal: { Service: 'events.amazonaws.com' },
        Condition: { ArnLike: { 'aws:SourceArn': sourceArn } },
      },
    ]);
  });
});
