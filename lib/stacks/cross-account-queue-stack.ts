import { CfnOutput, Duration } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { metricsNamespace, parcelTopicName, trackParcelEnvironment } from '../../contracts/cross-account.ts';
import { parcelEvents, trackedEvents } from '../../contracts/parcels.ts';
import { AlarmTopic } from '../constructs/alarm-topic.ts';
import { DurableQueue } from '../constructs/durable-queue.ts';
import { MessageKey } from '../constructs/message-key.ts';
import { DashboardRow } from '../constructs/monitoring/dashboard/dashboard-row.ts';
import { ConsumerMonitoring } from '../constructs/monitoring/function-monitoring.ts';
import { LogTrail } from '../constructs/monitoring/log-trail.ts';
import { QueueMonitoring } from '../constructs/monitoring/queue-monitoring.ts';
import { UndeliveredMonitoring } from '../constructs/monitoring/undelivered-monitoring.ts';
import { QueueConsumer } from '../constructs/queue-consumer.ts';
import { admitGuests } from '../constructs/queue-guests.ts';
import { StateTable } from '../constructs/state-table.ts';
import { TopicElsewhere } from '../constructs/topic-elsewhere.ts';
import { SystemStack, type SystemStackProps } from './system-stack.ts';

/** The shop's half: a queue that a topic of another account fills, and that named accounts may use themselves. */
export class CrossAccountQueueStack extends SystemStack {
  /** A topic of the same account, which is there without one of another being named. */
  override readonly standsOn = this.config.parcelTopicArn ? [] : ['cross-account-topic'];

  constructor(scope: Construct, id: string, props: SystemStackProps) {
    super(scope, id, {
      description: 'Where parcels are, told by a carrier of another account',
      ...props,
    });
    const { config, removalPolicy } = this;
    const topic = new TopicElsewhere(this, 'Parcels', {
      topicArn: config.parcelTopicArn ?? this.formatArn({ service: 'sns', resource: parcelTopicName }),
      events: parcelEvents,
    });
    const queue = new DurableQueue(this, 'Scans', {
      key: new MessageKey(this, 'QueueKey', { description: 'Encrypts scans in their queue', removalPolicy }),
      visibilityTimeout: Duration.seconds(60),
      ...this.queueSettings,
    });
    topic.fanOutTo(queue, trackedEvents);
    const organizationId = config.guestOrganizationId;
    admitGuests(queue, { may: 'send', accounts: config.queueSenderAccounts, organizationId });
    admitGuests(queue, { may: 'receive', accounts: config.queueReceiverAccounts, organizationId });
    admitGuests(queue, { may: 'look up', accounts: config.queueLookupAccounts, organizationId });
    const parcels = new StateTable(this, 'ParcelTable', this.tableSettings);
    const tracker = new QueueConsumer(this, 'Tracker', {
      queue,
      description: 'Keeps where each parcel was last seen',
      entry: 'lambda/cross-account/track-parcel.ts',
      environmentSchema: trackParcelEnvironment,
      environment: { LOG_LEVEL: config.logLevel, TABLE_NAME: parcels.table.tableName },
      serviceName: 'parcel-tracker',
      metricsNamespace,
      timeout: Duration.seconds(10),
      maxConcurrency: config.maxConcurrency,
      ...this.logSettings,
    });
    parcels.grant(tracker.function, 'GetItem', 'PutItem');

    // Alarms: whatever fails reaches a person
    const alarmTopic = new AlarmTopic(this, 'Alarms', this.alarmTopicSettings);
    new QueueMonitoring(this, 'ScansMonitoring', { queue, alarmTopic, ...this.alarmSettings });
    new UndeliveredMonitoring(this, 'ParcelsMonitoring', { topic, alarmTopic });
    new ConsumerMonitoring(this, 'TrackerMonitoring', { function: tracker, alarmTopic });

    // What an operator looks at: the way of a scan, and its trail in the log
    this.showOnDashboard(alarmTopic, [
      new DashboardRow('Parcels are tracked')
        .deadLetters(...topic.undelivered)
        .queue(queue)
        .consumer(tracker)
        .table(parcels),
    ]);
    new LogTrail(this, 'Trail', { logGroups: [tracker.function.logGroup], subjectField: 'parcel_id' });

    new CfnOutput(this, 'ParcelsTopicArn', {
      value: topic.topic.topicArn,
      description: 'The topic of the carrier, which must let this account subscribe',
    });
    new CfnOutput(this, 'ScansQueueUrl', { value: queue.queue.queueUrl });
    new CfnOutput(this, 'ScansQueueArn', {
      value: queue.queue.queueArn,
      description: 'Tell it to the accounts that may use the queue',
    });
    new CfnOutput(this, 'ScansQueueKeyArn', {
      value: queue.key?.keyArn ?? '',
      description: 'Accounts that send or receive allow their roles this key too',
    });
    new CfnOutput(this, 'ScansDlqUrl', { value: queue.deadLetterQueue.queueUrl });
    new CfnOutput(this, 'ParcelTableName', { value: parcels.table.tableName });
    new CfnOutput(this, 'AlarmTopicArn', { value: alarmTopic.topic.topicArn });
  }
}
