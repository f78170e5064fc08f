import { CfnOutput, Duration } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { metricsNamespace } from '../../contracts/container-workers.ts';
import { incomingPrefix } from '../../contracts/uploads.ts';
import { makeStoryboardJob, videoResultsPrefix } from '../../contracts/videos.ts';
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
import { WorkerService } from '../constructs/worker-service.ts';
import { SystemStack, type SystemStackProps } from './system-stack.ts';

/**
 * The jobs of video-processing's back end, done in containers: the same queue contract and the same program,
 * on Fargate. Whoever puts a video into the bucket sends its job.
 */
export class ContainerWorkersStack extends SystemStack {
  constructor(scope: Construct, id: string, props: SystemStackProps) {
    super(scope, id, {
      description: 'Videos worked on in containers on Fargate, scaled on their queue',
      ...props,
    });
    const { config, removalPolicy } = this;
    const network = new PrivateNetwork(this, 'Network', {
      services: WorkerService.services,
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

    // Queue → containers, from none to fifty
    const storyboards = new DurableQueue(this, 'Storyboards', {
      key: new MessageKey(this, 'QueueKey', { description: 'Encrypts jobs in their queue', removalPolicy }),
      visibilityTimeout: Duration.minutes(2),
      ...this.queueSettings,
    });
    const workers = new WorkerService(this, 'Workers', {
      network,
      queue: storyboards,
      job: makeStoryboardJob,
      environment: { OUTPUT_BUCKET: results.bucket.bucketName },
      serviceName: 'workers',
      metricsNamespace,
      logLevel: config.logLevel,
      cpu: 1_024,
      memory: 2_048,
      timePerMessage: Duration.minutes(1),
      acceptableLatency: Duration.minutes(10),
      jobTimeout: Duration.minutes(20),
      maxTasks: 50,
      ...this.logSettings,
    });
    uploads.grantRead(workers.role, incomingPrefix);
    results.grantRead(workers.role, videoResultsPrefix);
    results.grantPut(workers.role, videoResultsPrefix);

    // Alarms: whatever fails reaches a person
    const alarmTopic = new AlarmTopic(this, 'Alarms', this.alarmTopicSettings);
    new QueueMonitoring(this, 'StoryboardsMonitoring', {
      queue: storyboards,
      alarmTopic,
      ...this.alarmSettings,
      // Longer than the largest burst that the page speaks of takes.
      maxMessageAge: Duration.minutes(40),
    });
    new FleetMonitoring(this, 'WorkersMonitoring', { tier: workers, alarmTopic });

    // What an operator looks at: the way of a job, and its trail in the log
    this.showOnDashboard(alarmTopic, [new DashboardRow('Jobs').queue(storyboards).fleet(workers)]);
    new LogTrail(this, 'Trail', { logGroups: [workers.logGroup], subjectField: 'video_id' });

    new CfnOutput(this, 'UploadsBucketName', {
      value: uploads.bucket.bucketName,
      description: `Put videos under ${incomingPrefix}, then send their jobs`,
    });
    new CfnOutput(this, 'ResultsBucketName', {
      value: results.bucket.bucketName,
      description: `Reports and storyboards come under ${videoResultsPrefix}`,
    });
    new CfnOutput(this, 'StoryboardsQueueUrl', { value: storyboards.queue.queueUrl });
    new CfnOutput(this, 'StoryboardsDlqUrl', { value: storyboards.deadLetterQueue.queueUrl });
    new CfnOutput(this, 'AlarmTopicArn', { value: alarmTopic.topic.topicArn });
  }
}
