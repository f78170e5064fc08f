import { CfnOutput, Duration } from 'aws-cdk-lib';
import { InstanceType } from 'aws-cdk-lib/aws-ec2';
import type { Construct } from 'constructs';
import { incomingPrefix } from '../../contracts/uploads.ts';
import { metricsNamespace } from '../../contracts/video-processing.ts';
import { admitVideoJob, makeStoryboardJob, videoResultsPrefix } from '../../contracts/videos.ts';
import { AccessLogBucket } from '../constructs/access-log-bucket.ts';
import { AlarmTopic } from '../constructs/alarm-topic.ts';
import { DurableQueue } from '../constructs/durable-queue.ts';
import { MessageKey } from '../constructs/message-key.ts';
import { DashboardRow } from '../constructs/monitoring/dashboard/dashboard-row.ts';
import { FleetMonitoring } from '../constructs/monitoring/fleet-monitoring.ts';
import { LogTrail } from '../constructs/monitoring/log-trail.ts';
import { QueueMonitoring } from '../constructs/monitoring/queue-monitoring.ts';
import { ObjectBucket } from '../constructs/object-bucket.ts';
import { PrivateNetwork } from '../constructs/private-network.ts';
import { grantSend } from '../constructs/queue-grants.ts';
import { WorkerFleet } from '../constructs/worker-fleet.ts';
import { SystemStack, type SystemStackProps } from './system-stack.ts';

/**
 * Videos put into a bucket are looked at by one tier of instances and worked on by another, with a queue
 * between them: a burst waits there while the second tier grows, and nothing is lost when it shrinks.
 */
export class VideoProcessingStack extends SystemStack {
  constructor(scope: Construct, id: string, props: SystemStackProps) {
    super(scope, id, {
      description: 'Videos admitted by one tier of instances and worked on by another, scaled on its queue',
      ...props,
    });
    const { config, removalPolicy } = this;
    const network = new PrivateNetwork(this, 'Network', {
      services: WorkerFleet.services,
      ...this.logSettings,
    });

    // Buckets: videos come into one, what is made of them goes into the other
    const buckets = {
      accessLogs: new AccessLogBucket(this, 'AccessLogs', {
        retention: Duration.days(config.logRetentionInDays),
        removalPolicy,
      }),
      removalPolicy,
    };
    const uploads = new ObjectBucket(this, 'Uploads', buckets);
    const results = new ObjectBucket(this, 'Results', buckets);
    network.admitBucket(uploads.bucket, 'GetObject', 'GetObjectVersion', 'ListBucket', 'ListBucketVersions');
    network.admitBucket(results.bucket, 'GetObject', 'ListBucket', 'PutObject');

    // Queues: notices of uploads, and jobs
    const queues = {
      key: new MessageKey(this, 'QueueKey', {
        description: 'Encrypts notices of uploads, and jobs, in their queues',
        removalPolicy,
      }),
      visibilityTimeout: Duration.minutes(2),
      ...this.queueSettings,
    };
    const notices = new DurableQueue(this, 'Notices', queues);
    const storyboards = new DurableQueue(this, 'Storyboards', queues);
    uploads.tellQueue(notices, incomingPrefix);

    // Front-end tier: always there, so that uploads are looked at within seconds
    const workers = { network, metricsNamespace, logLevel: config.logLevel, ...this.logSettings };
    const frontEnd = new WorkerFleet(this, 'FrontEnd', {
      ...workers,
      queue: notices,
      job: admitVideoJob,
      environment: {
        JOBS_QUEUE_URL: storyboards.queue.queueUrl,
        OUTPUT_BUCKET: results.bucket.bucketName,
      },
      serviceName: 'front-end',
      concurrency: 20,
      timePerMessage: Duration.seconds(1),
      acceptableLatency: Duration.minutes(1),
      jobTimeout: Duration.minutes(1),
      minInstances: 1,
      maxInstances: 4,
      instanceTypes: [new InstanceType('t4g.micro')],
    });
    uploads.grantRead(frontEnd.role, incomingPrefix);
    results.grantPut(frontEnd.role, videoResultsPrefix);
    grantSend(frontEnd.role, storyboards);

    // Back-end tier: from none to fifty videos at a time, the first ten of them safe from interruption
    const backEnd = new WorkerFleet(this, 'BackEnd', {
      ...workers,
      queue: storyboards,
      job: makeStoryboardJob,
      environment: { OUTPUT_BUCKET: results.bucket.bucketName },
      serviceName: 'back-end',
      concurrency: 2,
      timePerMessage: Duration.minutes(1),
      acceptableLatency: Duration.minutes(10),
      jobTimeout: Duration.minutes(20),
      maxInstances: 25,
      instanceTypes: ['t4g.small', 't4g.medium', 'm7g.large', 'c7g.large'].map(
        type => new InstanceType(type),
      ),
      spot: { onDemandBase: 5 },
    });
    uploads.grantRead(backEnd.role, incomingPrefix);
    results.grantRead(backEnd.role, videoResultsPrefix);
    results.grantPut(backEnd.role, videoResultsPrefix);

    // Alarms: whatever fails reaches a person
    const alarmTopic = new AlarmTopic(this, 'Alarms', this.alarmTopicSettings);
    new QueueMonitoring(this, 'NoticesMonitoring', { queue: notices, alarmTopic, ...this.alarmSettings });
    new QueueMonitoring(this, 'StoryboardsMonitoring', {
      queue: storyboards,
      alarmTopic,
      ...this.alarmSettings,
      // Longer than the largest burst that the page speaks of takes.
      maxMessageAge: Duration.minutes(40),
    });
    new FleetMonitoring(this, 'FrontEndMonitoring', { tier: frontEnd, alarmTopic });
    new FleetMonitoring(this, 'BackEndMonitoring', { tier: backEnd, alarmTopic });

    // What an operator looks at: the way of a video, and its trail in the logs
    this.showOnDashboard(alarmTopic, [
      new DashboardRow('Uploads are admitted').queue(notices).fleet(frontEnd),
      new DashboardRow('Storyboards are made').queue(storyboards).fleet(backEnd),
    ]);
    new LogTrail(this, 'Trail', {
      logGroups: [frontEnd.logGroup, backEnd.logGroup],
      subjectField: 'video_id',
    });

    new CfnOutput(this, 'UploadsBucketName', {
      value: uploads.bucket.bucketName,
      description: `Put videos under ${incomingPrefix}`,
    });
    new CfnOutput(this, 'ResultsBucketName', {
      value: results.bucket.bucketName,
      description: `Reports and storyboards come under ${videoResultsPrefix}`,
    });
    for (const queue of [notices, storyboards]) {
      new CfnOutput(this, `${queue.node.id}QueueUrl`, { value: queue.queue.queueUrl });
      new CfnOutput(this, `${queue.node.id}DlqUrl`, { value: queue.deadLetterQueue.queueUrl });
    }
    new CfnOutput(this, 'AlarmTopicArn', { value: alarmTopic.topic.topicArn });
  }
}
