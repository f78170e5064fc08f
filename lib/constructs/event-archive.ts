import { type Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { CfnDeliveryStream } from 'aws-cdk-lib/aws-kinesisfirehose';
import * as logs from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import {
  errorsFolder,
  eventsFolder,
  longestBufferInSeconds,
  typeFolder,
} from '../../contracts/event-archive.ts';
import type { AccessLogBucket } from './access-log-bucket.ts';
import type { DurableQueue } from './durable-queue.ts';
import type { MessageKey } from './message-key.ts';
import { ObjectBucket, type StorageTransition } from './object-bucket.ts';
import { validateProps, within } from './validation.ts';

export interface EventArchiveProps {
  /** Key of the events while the stream holds them; those in the bucket are under the bucket's own. */
  readonly key: MessageKey;

  /** Where S3 writes who read the archive. */
  readonly accessLogs: AccessLogBucket;

  /** How long events wait for others before they are written, 1 to 15 minutes: longer makes fewer, larger objects. */
  readonly buffering: Duration;

  /** How long events are kept. */
  readonly retention: Duration;

  /** @default - events stay in S3 Standard */
  readonly transitions?: readonly StorageTransition[];

  /** @default RetentionDays.ONE_WEEK */
  readonly logRetention?: logs.RetentionDays;

  /**
   * What becomes of the archive and its logs when the stack is deleted.
   *
   * @default RemovalPolicy.RETAIN
   */
  readonly removalPolicy?: RemovalPolicy;
}

/** Smallest buffer that dynamic partitioning takes, in MiB. */
const smallestPartitionedBuffer = 64;

/** The event's type is in the message, which is JSON within the JSON of its notification. */
const partitionKeys = '{event_type:.Message|fromjson|.event_type}';

/**
 * Archive of what a topic publishes: Data Firehose writes notifications, one a line, compressed, into a bucket
 * under date and type of the event. What has no type to be filed under goes to the folder of errors.
 *
 * @throws PropsError when a prop is out of the range that Data Firehose or S3 allows.
 * @see https://docs.aws.amazon.com/firehose/latest/dev/dynamic-partitioning.html
 */
export class EventArchive extends Construct {
  readonly bucket: ObjectBucket;
  readonly stream: CfnDeliveryStream;
  readonly buffering: Duration;

  constructor(scope: Construct, id: string, props: EventArchiveProps) {
    const bufferInSeconds = props.buffering.toSeconds();
    validateProps(scope, id, [
      {
        prop: 'buffering',
        value: `${bufferInSeconds} s`,
        holds: within(bufferInSeconds, 60, longestBufferInSeconds),
        allowed: '1 to 15 minutes',
        remedy: 'What must be known sooner is for a queue to bring.',
      },
    ]);
    super(scope, id);
    const removalPolicy = props.removalPolicy ?? RemovalPolicy.RETAIN;
    this.buffering = props.buffering;
    this.bucket = new ObjectBucket(this, 'Events', {
      accessLogs: props.accessLogs,
      retention: props.retention,
      ...(props.transitions && { transitions: props.transitions }),
      removalPolicy,
    });
    const logGroup = new logs.LogGroup(this, 'Logs', {
      retention: props.logRetention ?? logs.RetentionDays.ONE_WEEK,
      removalPolicy,
    });
    const logStream = new logs.LogStream(this, 'DeliveryLog', { logGroup, removalPolicy });
    const role = new iam.Role(this, 'Role', {
      // Data Firehose gives the account as the external id, so that no other account's stream takes the role.
      assumedBy: new iam.ServicePrincipal('firehose.amazonaws.com', {
        conditions: { StringEquals: { 'sts:ExternalId': Stack.of(this).account } },
      }),
      description: `What the stream of ${this.node.path} may do`,
    });
    this.bucket.grantDelivery(role, eventsFolder, errorsFolder);
    iam.Grant.addToPrincipal({
      grantee: role,
      actions: ['logs:PutLogEvents'],
      resourceArns: [logGroup.logGroupArn],
    });
    this.stream = new CfnDeliveryStream(this, 'Stream', {
      deliveryStreamType: 'DirectPut',
      // Data Firehose uses the key by a grant that it makes of it: those who put records need no leave to.
      deliveryStreamEncryptionConfigurationInput: {
        keyType: 'CUSTOMER_MANAGED_CMK',
        keyArn: props.key.keyArn,
      },
      extendedS3DestinationConfiguration: {
        bucketArn: this.bucket.bucket.bucketArn,
        roleArn: role.roleArn,
        prefix: typeFolder('!{timestamp:yyyy-MM-dd}', '!{partitionKeyFromQuery:event_type}'),
        errorOutputPrefix: `${errorsFolder}!{firehose:error-output-type}/date=!{timestamp:yyyy-MM-dd}/`,
        bufferingHints: { intervalInSeconds: bufferInSeconds, sizeInMBs: smallestPartitionedBuffer },
        compressionFormat: 'GZIP',
        dynamicPartitioningConfiguration: { enabled: true },
        processingConfiguration: {
          enabled: true,
          processors: [
            {
              type: 'MetadataExtraction',
              parameters: [
                { parameterName: 'MetadataExtractionQuery', parameterValue: partitionKeys },
                { parameterName: 'JsonParsingEngine', parameterValue: 'JQ-1.6' },
              ],
            },
            {
              type: 'AppendDelimiterToRecord',
              parameters: [{ parameterName: 'Delimiter', parameterValue: '\\n' }],
            },
          ],
        },
        cloudWatchLoggingOptions: {
          enabled: true,
          logGroupName: logGroup.logGroupName,
          logStreamName: logStream.logStreamName,
        },
      },
    });
    // A stream whose role may not write yet loses time with retries.
    this.stream.node.addDependency(role);
  }

  get streamArn(): string {
    return this.stream.attrArn;
  }

  /** Lets a principal put records into the stream. */
  grantPutRecords(grantee: iam.IGrantable): void {
    iam.Grant.addToPrincipal({
      grantee,
      actions: ['firehose:PutRecord', 'firehose:PutRecordBatch'],
      resourceArns: [this.streamArn],
    });
  }

  /** Tells a queue of what could not be filed, and not of its being cleared away. */
  tellErrors(queue: DurableQueue): void {
    this.bucket.tellQueue(queue, errorsFolder, ['s3:ObjectCreated:*']);
  }
}
