import { CfnOutput } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { parcelTopicName } from '../../contracts/cross-account.ts';
import { parcelEvents } from '../../contracts/parcels.ts';
import { AlarmTopic } from '../constructs/alarm-topic.ts';
import { FanOutTopic } from '../constructs/fan-out-topic.ts';
import { MessageKey } from '../constructs/message-key.ts';
import { DashboardRow } from '../constructs/monitoring/dashboard/dashboard-row.ts';
import { TopicMonitoring } from '../constructs/monitoring/topic-monitoring.ts';
import { admitSubscribers } from '../constructs/topic-guests.ts';
import { SystemStack, type SystemStackProps } from './system-stack.ts';

/** The carrier's half: a topic that queues of other accounts, which are named, may be subscribed to. */
export class CrossAccountTopicStack extends SystemStack {
  constructor(scope: Construct, id: string, props: SystemStackProps) {
    super(scope, id, {
      description: 'Scans of parcels, on a topic that other accounts subscribe to',
      ...props,
    });
    const { config, removalPolicy } = this;
    const topic = new FanOutTopic(this, 'Parcels', {
      events: parcelEvents,
      topicName: parcelTopicName,
      key: new MessageKey(this, 'TopicKey', { description: 'Encrypts scans on their topic', removalPolicy }),
    });
    admitSubscribers(topic, {
      accounts: config.topicGuestAccounts,
      organizationId: config.guestOrganizationId,
    });

    // Alarms: whatever fails reaches a person
    const alarmTopic = new AlarmTopic(this, 'Alarms', this.alarmTopicSettings);
    new TopicMonitoring(this, 'ParcelsMonitoring', { topic, alarmTopic, ...this.topicAlarmSettings });

    this.showOnDashboard(alarmTopic, [new DashboardRow('Scans are published').topic(topic)]);

    new CfnOutput(this, 'ParcelsTopicArn', {
      value: topic.topic.topicArn,
      description: 'Publish scans here; tell it to those who subscribe',
    });
    new CfnOutput(this, 'AlarmTopicArn', { value: alarmTopic.topic.topicArn });
  }
}
