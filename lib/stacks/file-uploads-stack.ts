import { CfnOutput, Duration } from 'aws-cdk-lib';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import { describeUploadEnvironment, metricsNamespace } from '../../contracts/file-uploads.ts';
import { incomingPrefix, resultsPrefix } from '../../contracts/uploads.ts';
import { AccessLogBucket } from '../constructs/access-log-bucket.ts';
import { AlarmTopic } from '../constructs/alarm-topic.ts';
import { DurableQueue } from '../constructs/durable-queue.ts';
import { FanOutTopic } from '../constructs/fan-out-topic.ts';
import { MessageKey } from '../constructs/message-key.ts';
import { DashboardRow } from '../constructs/monitoring/dashboard/dashboard-row.ts';
import { ConsumerMonitoring } from '../constructs/monitoring/function-monitoring.ts';
import { LogTrail } from '../constructs/monitoring/log-trail.ts';
import { QueueMonitoring } from '../constructs/monitoring/queue-monitoring.ts';
import { TopicMonitoring } from '../constructs/monitoring/topic-monitoring.ts';
import { ObjectBucket } from '../constructs/object-bucket.ts';
import { QueueConsumer } from '../constructs/queue-consumer.ts';
import { StateTable } from '../constructs/state-table.ts';
import { SystemStack, type SystemStackProps } from './system-stack.ts';

/** An object of more bytes is recorded, and not read: a batch of the largest is read well within a minute. */
const maxObjectBytes = 256 * 1_024 * 1_024;

/**
 * A file put into a bucket is described by a function: told of by the bucket's queue, or by a topic that
 * others can subscribe to as well. Two ways side by side, each with its own bucket.
 */
export class FileUploadsStack extends SystemStack {
  constructor(scope: Construct, id: string, props: SystemStackProps) {
    super(scope, id, {
      description: 'Files put into buckets, described by functions behind queues',
      ...props,
    });
    const { config, removalPolicy } = this;

    // Buckets: each tells of what is put under incoming/
    const buckets = {
      accessLogs: new AccessLogBucket(this, 'AccessLogs', {
        retention: Duration.days(config.logRetentionInDays),
        removalPolicy,
      }),
      removalPolicy,
    };
    const directUploads = new ObjectBucket(this, 'Direct', buckets);
    const fannedOutUploads = new ObjectBucket(this, 'FannedOut', buckets);

    // Way in: bucket → queue, and bucket → topic → queue
    const queues = {
      key: new MessageKey(this, 'QueueKey', {
        description: 'Encrypts notifications of uploads in their queues',
        removalPolicy,
      }),
      visibilityTimeout: Duration.minutes(6),
      ...this.queueSettings,
    };
    const directQueue = new DurableQueue(this, 'DirectUploads', queues);
    directUploads.tellQueue(directQueue, incomingPrefix);

    const topic = new FanOutTopic(this, 'Uploads', {
      key: new MessageKey(this, 'TopicKey', {
        description: 'Encrypts notifications of uploads on their topic',
        removalPolicy,
      }),
    });
    const fannedOutQueue = new DurableQueue(this, 'FannedOutUploads', queues);
    topic.fanOutTo(fannedOutQueue, 'everything');
    fannedOutUploads.tellTopic(topic, incomingPrefix);

    // Consumers: queue → function → table, and the result into the bucket; whatever fails reaches a person
    const alarmTopic = new AlarmTopic(this, 'Alarms', this.alarmTopicSettings);
    const rows: DashboardRow[] = [];
    const logGroups: ILogGroup[] = [];
    for (const { name, bucket, queue } of [
      { name: 'Direct', bucket: directUploads, queue: directQueue },
      { name: 'FannedOut', bucket: fannedOutUploads, queue: fannedOutQueue },
    ]) {
      const records = new StateTable(this, `${name}Records`, this.tableSettings);
      const consumer = new QueueConsumer(this, `${name}Consumer`, {
        queue,
        description: 'Describes what is uploaded, and keeps a record of it',
        entry: 'lambda/file-uploads/describe-upload.ts',
        environmentSchema: describeUploadEnvironment,
        environment: {
          LOG_LEVEL: config.logLevel,
          BUCKET_NAME: bucket.bucket.bucketName,
          TABLE_NAME: records.table.tableName,
          MAX_OBJECT_BYTES: String(maxObjectBytes),
        },
        serviceName: name === 'Direct' ? 'direct-uploads' : 'fanned-out-uploads',
        metricsNamespace,
        timeout: Duration.minutes(1),
        memorySize: 512,
        batchSize: 5,
        maxConcurrency: config.maxConcurrency,
        ...this.logSettings,
      });
      records.grant(consumer.function, 'GetItem', 'PutItem');
      bucket.grantRead(consumer.function, incomingPrefix);
      bucket.grantPut(consumer.function, resultsPrefix);

      rows.push(new DashboardRow(`${name} uploads`).queue(queue).consumer(consumer).table(records));
      logGroups.push(consumer.function.logGroup);
      new QueueMonitoring(this, `${queue.node.id}Monitoring`, { queue, alarmTopic, ...this.alarmSettings });
      new ConsumerMonitoring(this, `${name}ConsumerMonitoring`, { function: consumer, alarmTopic });
      new CfnOutput(this, `${name}BucketName`, {
        value: bucket.bucket.bucketName,
        description: `Put files under ${incomingPrefix}; what is found in them comes under ${resultsPrefix}`,
      });
      new CfnOutput(this, `${name}QueueUrl`, { value: queue.queue.queueUrl });
      new CfnOutput(this, `${name}DlqUrl`, { value: queue.deadLetterQueue.queueUrl });
      new CfnOutput(this, `${name}TableName`, { value: records.table.tableName });
    }
    new TopicMonitoring(this, 'UploadsMonitoring', { topic, alarmTopic, ...this.topicAlarmSettings });

    // What an operator looks at: the way of an upload, and its trail in the logs
    this.showOnDashboard(alarmTopic, [new DashboardRow('Fan-out').topic(topic), ...rows]);
    new LogTrail(this, 'Trail', { logGroups, subjectField: 'object_key' });

    new CfnOutput(this, 'UploadsTopicArn', {
      value: topic.topic.topicArn,
      description: 'Subscribe here to be told of uploads too',
    });
    new CfnOutput(this, 'AlarmTopicArn', { value: alarmTopic.topic.topicArn });
  }
}
