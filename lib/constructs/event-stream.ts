import { ArnFormat, Duration, Stack, Validations } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kinesis from 'aws-cdk-lib/aws-kinesis';
import * as pipes from 'aws-cdk-lib/aws-pipes';
import { Construct } from 'constructs';
import type { DurableQueue } from './durable-queue.ts';
import type { MessageKey } from './message-key.ts';
import { grantConsume } from './queue-grants.ts';
import { validateProps, within } from './validation.ts';

export interface EventStreamProps {
  /** Queue of raw events that the stream is filled from; what cannot be put there goes to its DLQ. */
  readonly queue: DurableQueue;

  /** Field of an event by which it gets its shard, `order_id`: events that have it in common keep their order. */
  readonly partitionBy: string;

  /** Key of the stream. */
  readonly key: MessageKey;

  /**
   * How long readers can go back, 24 hours to 365 days.
   *
   * @default Duration.hours(24)
   */
  readonly retention?: Duration;
}

/**
 * Kinesis data stream that an EventBridge pipe fills from a queue: SNS delivers to queues and not to streams.
 * On demand, so that shards come and go with the load. It keeps what was read, so that any number of readers
 * go through it, each in its own time.
 *
 * @throws PropsError when a prop is out of range.
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-pipes-sqs.html
 */
export class EventStream extends Construct {
  readonly stream: kinesis.Stream;

  constructor(scope: Construct, id: string, props: EventStreamProps) {
    const retention = props.retention ?? Duration.hours(24);
    validateProps(scope, id, [
      {
        prop: 'partitionBy',
        value: props.partitionBy,
        holds: /^\w+$/.test(props.partitionBy),
        allowed: 'the name of a field',
        remedy: 'Choose what events must keep their order by, such as order_id.',
      },
      {
        prop: 'retention',
        value: `${retention.toHours()} h`,
        holds: within(retention.toHours(), 24, 8_760),
        allowed: '24 hours to 365 days',
        remedy: 'What is kept longer is for the archive.',
      },
    ]);
    super(scope, id);
    this.stream = new kinesis.Stream(this, 'Stream', {
      streamMode: kinesis.StreamMode.ON_DEMAND,
      encryption: kinesis.StreamEncryption.KMS,
      encryptionKey: props.key,
      retentionPeriod: retention,
    });
    Validations.of(this.stream).acknowledge({
      id: 'AwsSolutions::AwsSolutions-KDS3',
      reason: "The policy of a key of the account's says who may use it; that of AWS's key nobody can change",
    });
    const stack = Stack.of(this);
    const role = new iam.Role(this, 'Role', {
      assumedBy: new iam.ServicePrincipal('pipes.amazonaws.com', {
        conditions: {
          StringEquals: { 'aws:SourceAccount': stack.account },
          // The pipe waits for the role, so that its name is not known here.
          ArnLike: {
            'aws:SourceArn': stack.formatArn({
              service: 'pipes',
              resource: 'pipe',
              resourceName: '*',
              arnFormat: ArnFormat.SLASH_RESOURCE_NAME,
            }),
          },
        },
      }),
      description: `Lets a pipe take events from ${props.queue.node.path} into ${this.node.path}`,
    });
    grantConsume(role, props.queue);
    iam.Grant.addToPrincipal({
      grantee: role,
      actions: ['kinesis:PutRecord', 'kinesis:PutRecords'],
      resourceArns: [this.stream.streamArn],
    });
    props.key.grant(role, 'kms:GenerateDataKey');
    const pipe = new pipes.CfnPipe(this, 'Pipe', {
      description: `Puts the events of ${props.queue.node.path} into a stream`,
      source: props.queue.queue.queueArn,
      sourceParameters: { sqsQueueParameters: { batchSize: 10 } },
      target: this.stream.streamArn,
      targetParameters: {
        // The event alone, without the message around it.
        inputTemplate: '<$.body>',
        kinesisStreamParameters: { partitionKey: `$.body.${props.partitionBy}` },
      },
      roleArn: role.roleArn,
    });
    pipe.node.addDependency(role);
  }
}
