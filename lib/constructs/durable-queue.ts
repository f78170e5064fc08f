import { Duration, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { Construct, type IDependable } from 'constructs';
import { DeadLetterQueue } from './dead-letter-queue.ts';
import { type DeliverySource, deliveredFor } from './delivery-source.ts';
import { highThroughputFifo } from './high-throughput-fifo.ts';
import type { MessageKey } from './message-key.ts';
import { queueEncryption } from './queue-encryption.ts';
import { queueName } from './queue-name.ts';
import { validateProps, within } from './validation.ts';

export interface DurableQueueProps {
  /**
   * Customer-managed key of queue and DLQ.
   *
   * @default - SSE-SQS: keys that SQS manages, at no charge
   */
  readonly key?: MessageKey;

  /**
   * How long a data key serves before KMS is asked for another, 1 minute to 24 hours. Longer is
   * cheaper, shorter limits what one data key opens.
   *
   * @default Duration.minutes(5)
   */
  readonly dataKeyReuse?: Duration;

  /**
   * How long a message that was received stays hidden from other consumers, 0 seconds to 12 hours. A
   * function as the consumer needs six times its timeout and the batching window on top.
   *
   * @default Duration.seconds(30)
   */
  readonly visibilityTimeout?: Duration;

  /**
   * How long the queue keeps a message that nobody deletes, 60 seconds to 13 days: the DLQ's 14 days
   * must be longer.
   *
   * @default Duration.days(4)
   */
  readonly retentionPeriod?: Duration;

  /**
   * Receives after which a message goes to the DLQ, 2 to 1,000. Fewer than five lets a throttled
   * function push sound messages out.
   *
   * @default 5
   * @see https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
   */
  readonly maxReceiveCount?: number;

  /**
   * How long a message of the DLQ that was received stays hidden there: where a function takes from it, six times its timeout.
   *
   * @default Duration.seconds(30)
   */
  readonly deadLetterVisibilityTimeout?: Duration;

  /**
   * How long each new message stays hidden at first, up to 15 minutes.
   *
   * @default Duration.seconds(0)
   */
  readonly deliveryDelay?: Duration;

  /**
   * Whether the queue is FIFO: it keeps the order within a message group and leaves out, for five minutes,
   * messages of a group that it has had. High throughput, so that groups do not slow each other down.
   *
   * @default false - a standard queue
   * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/high-throughput-fifo.html
   */
  readonly fifo?: boolean;
}

/**
 * Queue that loses nothing: its failed messages go to a DLQ of its own, both are encrypted, both
 * refuse requests without TLS, and a receive waits for messages instead of answering empty.
 *
 * @throws PropsError when a prop is out of the range that SQS allows.
 */
export class DurableQueue extends Construct {
  /** Longest wait of a receive: fewest empty answers, at the lowest cost. */
  static readonly receiveMessageWaitTime = Duration.seconds(20);

  readonly queue: sqs.Queue;
  readonly deadLetterQueue: DeadLetterQueue;
  readonly visibilityTimeout: Duration;
  /** How long a message of the DLQ stays hidden. */
  readonly deadLetterVisibilityTimeout: Duration;
  readonly retentionPeriod: Duration;
  /** Receives after which a message goes to the DLQ. */
  readonly maxReceiveCount: number;
  /** Key of queue and DLQ, where it is not SQS's own. */
  readonly key: MessageKey | undefined;

  constructor(scope: Construct, id: string, props: DurableQueueProps = {}) {
    const visibilityTimeout = props.visibilityTimeout ?? Duration.seconds(30);
    const retentionPeriod = props.retentionPeriod ?? Duration.days(4);
    const maxReceiveCount = props.maxReceiveCount ?? 5;
    const dataKeyReuse = props.dataKeyReuse ?? Duration.minutes(5);
    validateProps(scope, id, [
      {
        prop: 'visibilityTimeout',
        value: `${visibilityTimeout.toSeconds()} s`,
        holds: within(visibilityTimeout.toSeconds(), 0, 43_200),
        allowed: '0 seconds to 12 hours',
        remedy: 'Extend the visibility of messages that take longer while they are worked on.',
      },
      {
        prop: 'retentionPeriod',
        value: `${retentionPeriod.toSeconds()} s`,
        holds: within(retentionPeriod.toSeconds(), 60, Duration.days(13).toSeconds()),
        allowed: '60 seconds to 13 days',
        remedy: 'The DLQ keeps messages for 14 days, counted from when they were first sent.',
      },
      {
        prop: 'maxReceiveCount',
        value: maxReceiveCount,
        holds: Number.isInteger(maxReceiveCount) && within(maxReceiveCount, 2, 1_000),
        allowed: 'a whole number from 2 to 1,000',
        remedy: 'With 1, a consumer that stops in the middle sends sound messages to the DLQ.',
      },
      {
        prop: 'dataKeyReuse',
        value: `${dataKeyReuse.toSeconds()} s`,
        holds: within(dataKeyReuse.toSeconds(), 60, 86_400),
        allowed: '1 minute to 24 hours',
        remedy: 'Five minutes suits most queues.',
      },
      {
        prop: 'deadLetterVisibilityTimeout',
        value: `${props.deadLetterVisibilityTimeout?.toSeconds()} s`,
        holds: within(props.deadLetterVisibilityTimeout?.toSeconds(), 0, 43_200),
        allowed: '0 seconds to 12 hours',
        remedy: 'Six times the timeout of the function that takes from the DLQ.',
      },
      {
        prop: 'deliveryDelay',
        value: `${props.deliveryDelay?.toSeconds()} s`,
        holds: within(props.deliveryDelay?.toSeconds(), 0, 900),
        allowed: '0 seconds to 15 minutes',
        remedy: 'Schedule what is due later with EventBridge Scheduler.',
      },
    ]);
    super(scope, id);

    const fifo = props.fifo ?? false;
    const name = queueName(scope, id, { fifo });
    this.key = props.key;
    this.visibilityTimeout = visibilityTimeout;
    this.deadLetterVisibilityTimeout = props.deadLetterVisibilityTimeout ?? Duration.seconds(30);
    this.retentionPeriod = retentionPeriod;
    this.maxReceiveCount = maxReceiveCount;
    this.deadLetterQueue = new DeadLetterQueue(this, 'Dlq', {
      key: props.key,
      fifo,
      ...(props.deadLetterVisibilityTimeout && { visibilityTimeout: props.deadLetterVisibilityTimeout }),
      // By its name: a reference would close a circle with the redrive policy below.
      source: sqs.Queue.fromQueueArn(
        this,
        'Source',
        Stack.of(this).formatArn({ service: 'sqs', resource: name }),
      ),
    });
    this.queue = new sqs.Queue(this, 'Queue', {
      queueName: name,
      ...(fifo && highThroughputFifo),
      ...queueEncryption(props.key, dataKeyReuse),
      enforceSSL: true,
      visibilityTimeout,
      retentionPeriod,
      receiveMessageWaitTime: DurableQueue.receiveMessageWaitTime,
      ...(props.deliveryDelay && { deliveryDelay: props.deliveryDelay }),
      deadLetterQueue: { queue: this.deadLetterQueue, maxReceiveCount },
    });
  }

  /**
   * Lets a service send to the queue, and use its key, for one source.
   *
   * @returns what a delivery depends on.
   */
  admit(servicePrincipal: string, source: DeliverySource): IDependable {
    this.key?.admit(servicePrincipal, source);
    const { policyDependable } = this.queue.addToResourcePolicy(
      new iam.PolicyStatement({
        actions: ['sqs:SendMessage'],
        principals: [new iam.ServicePrincipal(servicePrincipal)],
        resources: [this.queue.queueArn],
        conditions: deliveredFor(source),
      }),
    );
    if (!policyDependable)
      throw new Error(`${this.node.path}: the queue's policy is not this stack's to write`);
    return policyDependable;
  }
}
