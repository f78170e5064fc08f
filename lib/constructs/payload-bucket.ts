import { Duration, type RemovalPolicy } from 'aws-cdk-lib';
import type * as iam from 'aws-cdk-lib/aws-iam';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import type { AccessLogBucket } from './access-log-bucket.ts';
import { DeadLetterQueue } from './dead-letter-queue.ts';
import type { DurableQueue } from './durable-queue.ts';
import { ObjectBucket } from './object-bucket.ts';
import { validateProps } from './validation.ts';

/**
 * How long SNS tries to deliver to a queue that does not let it in.
 *
 * @see https://docs.aws.amazon.com/sns/latest/dg/sns-message-delivery-retries.html
 */
const deliveryPeriod = Duration.days(23);

export interface PayloadBucketProps {
  /** The queues whose messages point into the bucket; at least one. */
  readonly queues: readonly DurableQueue[];

  /** Where S3 writes who did what with the bucket. */
  readonly accessLogs: AccessLogBucket;

  /**
   * How long bodies are kept; at least as long as a message can point to them.
   *
   * @default - as long as a message can point to them: see {@link PayloadBucket.longestLife}
   */
  readonly retention?: Duration;

  /**
   * What becomes of the bucket when its stack is deleted. S3 deletes a bucket only if it is empty.
   *
   * @default RemovalPolicy.RETAIN
   */
  readonly removalPolicy?: RemovalPolicy;
}

/**
 * Bucket for the bodies of messages that are too large for their queue or topic (the claim check). A body is
 * deleted by the bucket's lifecycle alone, once no message can point to it: a topic copies a message to
 * several queues, and none of their consumers knows whether it is the last that reads it.
 *
 * @throws PropsError when bodies would go before their messages.
 */
export class PayloadBucket extends Construct {
  readonly bucket: s3.Bucket;
  readonly retention: Duration;
  readonly #objects: ObjectBucket;

  constructor(scope: Construct, id: string, props: PayloadBucketProps) {
    const longest = Math.max(0, ...props.queues.map(queue => PayloadBucket.longestLife(queue).toDays()));
    const retention = props.retention ?? Duration.days(longest);
    validateProps(scope, id, [
      {
        prop: 'queues',
        value: 'an empty list',
        holds: props.queues.length > 0,
        allowed: 'the queues whose messages point into the bucket',
        remedy: 'How long bodies are kept follows from how long the queues keep messages.',
      },
      {
        prop: 'retention',
        value: `${retention.toDays()} days`,
        holds: retention.toDays() >= longest,
        allowed: `${longest} days or more, as long as a message of these queues can live`,
        remedy:
          'A message whose body is gone cannot be handled, nor redriven. Leave it out, or shorten retentionPeriod.',
      },
    ]);
    super(scope, id);
    this.retention = retention;
    this.#objects = new ObjectBucket(this, 'Objects', {
      accessLogs: props.accessLogs,
      retention,
      // Each body has a key of its own and is never overwritten: there is no mistake to go back from.
      oldVersionRetention: Duration.days(1),
      ...(props.removalPolicy && { removalPolicy: props.removalPolicy }),
    });
    this.bucket = this.#objects.bucket;
  }

  /**
   * How long a message can live, in whole days, when it is late everywhere: SNS delivers it at its last try, it
   * waits in the queue and in the DLQ to the end of their retention, is redriven then, and waits once more.
   */
  static longestLife(queue: DurableQueue): Duration {
    const inQueues =
      queue.retentionPeriod.toDays({ integral: false }) + DeadLetterQueue.retentionPeriod.toDays();
    return Duration.days(Math.ceil(deliveryPeriod.toDays() + 2 * inQueues));
  }

  /** Lets a principal store bodies, and neither read nor delete any. */
  grantDeposit(grantee: iam.IGrantable): void {
    this.#objects.grantPut(grantee, '');
  }

  /** Lets a principal read bodies, and neither store nor delete any. */
  grantRedeem(grantee: iam.IGrantable): void {
    this.#objects.grantRead(grantee, '');
  }
}
