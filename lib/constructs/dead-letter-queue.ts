import { Duration, Validations } from 'aws-cdk-lib';
import type * as kms from 'aws-cdk-lib/aws-kms';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { highThroughputFifo } from './high-throughput-fifo.ts';
import { queueEncryption } from './queue-encryption.ts';
import { queueName } from './queue-name.ts';

export interface DeadLetterQueueProps {
  /** @default - SSE-SQS: keys that SQS manages, at no charge */
  readonly key?: kms.IKey | undefined;

  /**
   * Whether the queue is FIFO: the DLQ of a FIFO queue must be, that of a standard queue must not.
   *
   * @default false
   */
  readonly fifo?: boolean;

  /**
   * The queue that may name this one as its DLQ.
   *
   * @default - none is named: this is the DLQ of a subscription or a function, not of a queue
   */
  readonly source?: sqs.IQueue;

  /**
   * How long a message that was received stays hidden: six times the timeout of a function that answers for what
   * is in it.
   *
   * @default Duration.seconds(30)
   */
  readonly visibilityTimeout?: Duration;
}

/**
 * Queue where failed messages wait for a person. It keeps them for 14 days, the longest that SQS does:
 * a standard DLQ goes on counting a message's age from when it was first sent.
 *
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html
 */
export class DeadLetterQueue extends sqs.Queue {
  static readonly retentionPeriod = Duration.days(14);

  constructor(scope: Construct, id: string, props: DeadLetterQueueProps = {}) {
    const fifo = props.fifo ?? false;
    super(scope, id, {
      queueName: queueName(scope, id, { fifo }),
      ...queueEncryption(props.key),
      ...(fifo && highThroughputFifo),
      ...(props.source && { redriveAllowPolicy: { sourceQueues: [props.source] } }),
      ...(props.visibilityTimeout && { visibilityTimeout: props.visibilityTimeout }),
      enforceSSL: true,
      retentionPeriod: DeadLetterQueue.retentionPeriod,
    });
    const reason = 'This is a DLQ: messages wait here for a person, not for another queue';
    Validations.of(this).acknowledge(
      { id: 'Serverless::Serverless-SQSRedrivePolicy', reason },
      // Found only where no queue, but a subscription, names it as its DLQ.
      ...(props.source ? [] : [{ id: 'AwsSolutions::AwsSolutions-SQS3', reason }]),
    );
  }
}
