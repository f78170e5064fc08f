import { CfnOutput, Duration } from 'aws-cdk-lib';
import { StorageClass } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import { archivedEvents } from '../../contracts/event-archive.ts';
import { type OrderEvents, orderEvents } from '../../contracts/orders.ts';
import { AccessLogBucket } from '../constructs/access-log-bucket.ts';
import { AlarmTopic } from '../constructs/alarm-topic.ts';
import { DurableQueue } from '../constructs/durable-queue.ts';
import { EventArchive } from '../constructs/event-archive.ts';
import { EventStream } from '../constructs/event-stream.ts';
import { FanOutTopic } from '../constructs/fan-out-topic.ts';
import { MessageKey } from '../constructs/message-key.ts';
import { ArchiveMonitoring } from '../constructs/monitoring/archive-monitoring.ts';
import { DashboardRow } from '../constructs/monitoring/dashboard/dashboard-row.ts';
import { QueueMonitoring } from '../constructs/monitoring/queue-monitoring.ts';
import { TopicMonitoring } from '../constructs/monitoring/topic-monitoring.ts';
import type { StorageTransition } from '../constructs/object-bucket.ts';
import { FirehoseSubscription } from '../constructs/subscriptions/firehose-subscription.ts';
import type { SubscribableTopic } from '../constructs/subscriptions/topic-subscription.ts';
import { TopicElsewhere } from '../constructs/topic-elsewhere.ts';
import { SystemStack, type SystemStackProps } from './system-stack.ts';

/**
 * Every order event is kept in a bucket, under its date and type, from where `npm run replay` sends it into
 * any queue again. The same events are in a Kinesis data stream, if the stage wants one.
 */
export class EventArchiveStack extends SystemStack {
  constructor(scope: Construct, id: string, props: SystemStackProps) {
    super(scope, id, {
      description: 'Order events, kept in a bucket and replayable',
      ...props,
    });
    const { config, removalPolicy } = this;
    const key = (keyId: string, description: string) =>
      new MessageKey(this, keyId, { description, removalPolicy });

    // Source: a topic of this stack's, or one that is there
    const ownTopic = config.archivedTopicArn
      ? undefined
      : new FanOutTopic(this, 'OrderEvents', {
          events: orderEvents,
          key: key('TopicKey', 'Encrypts order events on their topic'),
        });
    const topic: SubscribableTopic<OrderEvents> =
      ownTopic ??
      new TopicElsewhere(this, 'OrderEvents', {
        topicArn: config.archivedTopicArn ?? '',
        events: orderEvents,
      });

    // Archive: topic → stream → bucket; what cannot be filed → queue
    const streamKey = key('StreamKey', 'Encrypts events while streams hold them');
    const queues = {
      key: key('QueueKey', 'Encrypts what waits in the queues around the archive'),
      ...this.queueSettings,
    };
    const archive = new EventArchive(this, 'Archive', {
      key: streamKey,
      accessLogs: new AccessLogBucket(this, 'AccessLogs', {
        retention: Duration.days(config.logRetentionInDays),
        removalPolicy,
      }),
      buffering: Duration.seconds(config.archiveBufferInSeconds),
      retention: Duration.days(config.archiveRetentionInDays),
      transitions: this.#transitions(),
      logRetention: config.logRetentionInDays,
      removalPolicy,
    });
    new FirehoseSubscription(this, 'ArchiveSubscription', {
      topic,
      selection: archivedEvents,
      archive,
      key: queues.key,
    });
    const unreadable = new DurableQueue(this, 'Unreadable', queues);
    archive.tellErrors(unreadable);

    // Stream: topic → queue → pipe → stream
    const streamedQueue =
      config.eventStream === 'none' ? undefined : new DurableQueue(this, 'Streamed', queues);
    if (streamedQueue) topic.fanOutTo(streamedQueue, archivedEvents);
    const streamed =
      streamedQueue &&
      new EventStream(this, 'EventStream', {
        queue: streamedQueue,
        partitionBy: 'order_id',
        key: streamKey,
      });
    if (streamed) new CfnOutput(this, 'EventStreamName', { value: streamed.stream.streamName });

    // Alarms: whatever fails reaches a person
    const alarmTopic = new AlarmTopic(this, 'Alarms', this.alarmTopicSettings);
    if (ownTopic)
      new TopicMonitoring(this, 'OrderEventsMonitoring', {
        topic: ownTopic,
        alarmTopic,
        ...this.topicAlarmSettings,
      });
    new ArchiveMonitoring(this, 'ArchiveMonitoring', {
      archive,
      unreadable,
      undelivered: ownTopic ? [] : topic.undelivered,
      alarmTopic,
    });
    if (streamedQueue) {
      new QueueMonitoring(this, 'StreamedMonitoring', {
        queue: streamedQueue,
        alarmTopic,
        ...this.alarmSettings,
      });
    }

    // What an operator looks at: the way of an event
    const comeIn = new DashboardRow('Events come in').deadLetters(...topic.undelivered);
    this.showOnDashboard(alarmTopic, [
      ownTopic ? comeIn.topic(ownTopic) : comeIn,
      new DashboardRow('They are filed').archive(archive).queue(unreadable),
      ...(streamedQueue && streamed
        ? [new DashboardRow('They are streamed').queue(streamedQueue).stream(streamed)]
        : []),
    ]);

    new CfnOutput(this, 'ArchivedTopicArn', {
      value: topic.topic.topicArn,
      description: 'Order events that are published here are archived',
    });
    new CfnOutput(this, 'ArchiveBucketName', {
      value: archive.bucket.bucket.bucketName,
      description: 'npm run replay reads events from here',
    });
    new CfnOutput(this, 'DeliveryStreamName', { value: archive.stream.ref });
    new CfnOutput(this, 'UnreadableQueueUrl', {
      value: unreadable.queue.queueUrl,
      description: 'Names the objects of what could not be filed',
    });
    new CfnOutput(this, 'AlarmTopicArn', { value: alarmTopic.topic.topicArn });
  }

  /** The stage's storage classes, the youngest first. */
  #transitions(): StorageTransition[] {
    const { archiveInstantRetrievalAfterDays: instant, archiveDeepArchiveAfterDays: deep } = this.config;
    return [
      ...(instant
        ? [{ storageClass: StorageClass.GLACIER_INSTANT_RETRIEVAL, after: Duration.days(instant) }]
        : []),
      ...(deep ? [{ storageClass: StorageClass.DEEP_ARCHIVE, after: Duration.days(deep) }] : []),
    ];
  }
}
