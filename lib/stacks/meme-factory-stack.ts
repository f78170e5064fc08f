import { CfnOutput, Duration } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { metricsNamespace, orderMemeEnvironment } from '../../contracts/meme-factory.ts';
import { drawMemeJob, memeEvents, memeFailuresPrefix, memesPrefix } from '../../contracts/memes.ts';
import { incomingPrefix } from '../../contracts/uploads.ts';
import { AccessLogBucket } from '../constructs/access-log-bucket.ts';
import { AlarmTopic } from '../constructs/alarm-topic.ts';
import { DurableQueue } from '../constructs/durable-queue.ts';
import { FanOutTopic } from '../constructs/fan-out-topic.ts';
import { MessageKey } from '../constructs/message-key.ts';
import { DashboardRow } from '../constructs/monitoring/dashboard/dashboard-row.ts';
import { FleetMonitoring } from '../constructs/monitoring/fleet-monitoring.ts';
import { ConsumerMonitoring } from '../constructs/monitoring/function-monitoring.ts';
import { LogTrail } from '../constructs/monitoring/log-trail.ts';
import { QueueMonitoring } from '../constructs/monitoring/queue-monitoring.ts';
import { TopicMonitoring } from '../constructs/monitoring/topic-monitoring.ts';
import { ObjectBucket } from '../constructs/object-bucket.ts';
import { PrivateNetwork } from '../constructs/private-network.ts';
import { QueueConsumer } from '../constructs/queue-consumer.ts';
import { grantSend } from '../constructs/queue-grants.ts';
import { WorkerFleet } from '../constructs/worker-fleet.ts';
import { SystemStack, type SystemStackProps } from './system-stack.ts';

/**
 * A photo that is uploaded with two texts becomes a meme: a function orders it, an instance draws it, and
 * its owner is told by an event.
 */
export class MemeFactoryStack extends SystemStack {
  constructor(scope: Construct, id: string, props: SystemStackProps) {
    super(scope, id, {
      description: 'Photos with texts, ordered by a function and drawn as memes by instances',
      ...props,
    });
    const { config, removalPolicy } = this;
    const network = new PrivateNetwork(this, 'Network', {
      services: [...WorkerFleet.services, 'sns'],
      ...this.logSettings,
    });

    // Buckets: photos come into one, memes go into the other
    const buckets = {
      accessLogs: new AccessLogBucket(this, 'AccessLogs', {
        retention: Duration.days(config.logRetentionInDays),
        removalPolicy,
      }),
      removalPolicy,
    };
    const uploads = new ObjectBucket(this, 'Uploads', buckets);
    const output = new ObjectBucket(this, 'Output', buckets);
    network.admitBucket(uploads.bucket, 'GetObject', 'GetObjectVersion', 'ListBucket', 'ListBucketVersions');
    network.admitBucket(output.bucket, 'GetObject', 'ListBucket', 'PutObject');

    // Queues and topic: notices of uploads, jobs, and results for their owners
    const queues = {
      key: new MessageKey(this, 'QueueKey', {
        description: 'Encrypts notices of uploads, and jobs, in their queues',
        removalPolicy,
      }),
      visibilityTimeout: Duration.seconds(90),
      ...this.queueSettings,
    };
    const notices = new DurableQueue(this, 'Notices', queues);
    const jobs = new DurableQueue(this, 'Jobs', queues);
    uploads.tellQueue(notices, incomingPrefix);
    const results = new FanOutTopic(this, 'Results', {
      events: memeEvents,
      key: new MessageKey(this, 'TopicKey', {
        description: 'Encrypts results on their topic',
        removalPolicy,
      }),
    });

    // Function: notice → job, or the reason why there is none
    const orderMeme = new QueueConsumer(this, 'OrderMeme', {
      queue: notices,
      description: 'Orders a meme for each photo that is uploaded with texts',
      entry: 'lambda/meme-factory/order-meme.ts',
      environmentSchema: orderMemeEnvironment,
      environment: {
        LOG_LEVEL: config.logLevel,
        QUEUE_URL: jobs.queue.queueUrl,
        TOPIC_ARN: results.topic.topicArn,
      },
      serviceName: 'order-meme',
      metricsNamespace,
      maxConcurrency: config.maxConcurrency,
      ...this.logSettings,
    });
    uploads.grantRead(orderMeme.function, incomingPrefix);
    grantSend(orderMeme.function, jobs);
    results.grantPublish(orderMeme.function);

    // Fleet: job → picture, and the event that tells of it
    const artists = new WorkerFleet(this, 'Artists', {
      network,
      queue: jobs,
      job: drawMemeJob,
      environment: {
        OUTPUT_BUCKET: output.bucket.bucketName,
        TOPIC_ARN: results.topic.topicArn,
      },
      serviceName: 'artists',
      metricsNamespace,
      logLevel: config.logLevel,
      concurrency: 2,
      timePerMessage: Duration.seconds(2),
      acceptableLatency: Duration.minutes(2),
      jobTimeout: Duration.minutes(3),
      ...this.logSettings,
    });
    uploads.grantRead(artists.role, incomingPrefix);
    output.grantPut(artists.role, memesPrefix);
    output.grantPut(artists.role, memeFailuresPrefix);
    output.grantRead(artists.role, memeFailuresPrefix);
    results.grantPublish(artists.role);

    // Alarms: whatever fails reaches a person
    const alarmTopic = new AlarmTopic(this, 'Alarms', this.alarmTopicSettings);
    for (const queue of [notices, jobs]) {
      new QueueMonitoring(this, `${queue.node.id}Monitoring`, { queue, alarmTopic, ...this.alarmSettings });
      new CfnOutput(this, `${queue.node.id}QueueUrl`, { value: queue.queue.queueUrl });
      new CfnOutput(this, `${queue.node.id}DlqUrl`, { value: queue.deadLetterQueue.queueUrl });
    }
    new ConsumerMonitoring(this, 'OrderMemeMonitoring', { function: orderMeme, alarmTopic });
    new FleetMonitoring(this, 'ArtistsMonitoring', { tier: artists, alarmTopic });
    new TopicMonitoring(this, 'ResultsMonitoring', {
      topic: results,
      alarmTopic,
      ...this.topicAlarmSettings,
    });

    // What an operator looks at: the way of a photo, and its trail in the logs
    this.showOnDashboard(alarmTopic, [
      new DashboardRow('Photos are ordered').queue(notices).consumer(orderMeme),
      new DashboardRow('Memes are drawn').queue(jobs).fleet(artists),
      new DashboardRow('Owners are told').topic(results),
    ]);
    new LogTrail(this, 'Trail', {
      logGroups: [orderMeme.function.logGroup, artists.logGroup],
      subjectField: 'meme_id',
    });

    new CfnOutput(this, 'UploadsBucketName', {
      value: uploads.bucket.bucketName,
      description: `Put photos under ${incomingPrefix}, with the texts as metadata`,
    });
    new CfnOutput(this, 'OutputBucketName', {
      value: output.bucket.bucketName,
      description: `Memes come under ${memesPrefix}`,
    });
    new CfnOutput(this, 'ResultsTopicArn', {
      value: results.topic.topicArn,
      description: 'Subscribe here to hear of your memes, with a filter on the attribute owner',
    });
    new CfnOutput(this, 'AlarmTopicArn', { value: alarmTopic.topic.topicArn });
  }
}
