import { Key } from 'aws-cdk-lib/aws-kms';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { DeadLetterQueue } from '../../../lib/constructs/dead-letter-queue.ts';
import { resourceOf, testStack } from '../../support/stack-template.ts';

const fourteenDays = 14 * 24 * 60 * 60;

describe('DeadLetterQueue', () => {
  it('keeps messages for 14 days, the longest that SQS does', () => {
    const queue = new DeadLetterQueue(testStack(), 'Dlq');
    expect(resourceOf(queue).Properties).toMatchObject({ MessageRetentionPeriod: fourteenDays });
  });

  it('is a standard queue under keys of SQS by default, named after its place', () => {
    const queue = new DeadLetterQueue(testStack(), 'PaymentDlq');
    const { Properties } = resourceOf(queue);
    expect(Properties).toMatchObject({ QueueName: 'orders-payment-dlq', SqsManagedSseEnabled: true });
    expect(Properties).not.toHaveProperty('FifoQueue');
    expect(Properties).not.toHaveProperty('KmsMasterKeyId');
  });

  it('is FIFO when its source is, and tells messages apart by group as that does', () => {
    const queue = new DeadLetterQueue(testStack(), 'Dlq', { fifo: true });
    expect(resourceOf(queue).Properties).toMatchObject({
      QueueName: 'orders-dlq.fifo',
      FifoQueue: true,
      DeduplicationScope: 'messageGroup',
      FifoThroughputLimit: 'perMessageGroupId',
    });
  });

  it('is encrypted under the key that it is given', () => {
    const stack = testStack();
    const key = new Key(stack, 'Key');
    const queue = new DeadLetterQueue(stack, 'Dlq', { key });
    expect(resourceOf(queue).Properties).toMatchObject({ KmsMasterKeyId: stack.resolve(key.keyArn) });
    expect(resourceOf(queue).Properties).not.toHaveProperty('SqsManagedSseEnabled');
  });

  it('is open to one source queue as its DLQ, when it has one', () => {
    const stack = testStack();
    const source = Queue.fromQueueArn(stack, 'Source', 'arn:aws:sqs:eu-west-1:123456789012:orders');
    const queue = new DeadLetterQueue(stack, 'Dlq', { source });
    expect(resourceOf(queue).Properties).toMatchObject({
      RedriveAllowPolicy: { redrivePermission: 'byQueue', sourceQueueArns: [source.queueArn] },
    });
  });

  it('names no source when it is the DLQ of a subscription', () => {
    const queue = new DeadLetterQueue(testStack(), 'Dlq');
    expect(resourceOf(queue).Properties).not.toHaveProperty('RedriveAllowPolicy');
  });
});
