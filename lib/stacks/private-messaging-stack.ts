import { Aws, CfnOutput } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { eventTypeAttribute } from '../../contracts/events.ts';
import { inboxEvents, noticeEvents } from '../../contracts/private-messaging.ts';
import { AlarmTopic } from '../constructs/alarm-topic.ts';
import { DurableQueue } from '../constructs/durable-queue.ts';
import { FanOutTopic } from '../constructs/fan-out-topic.ts';
import { MessageKey } from '../constructs/message-key.ts';
import { DashboardRow } from '../constructs/monitoring/dashboard/dashboard-row.ts';
import { QueueMonitoring } from '../constructs/monitoring/queue-monitoring.ts';
import { TopicMonitoring } from '../constructs/monitoring/topic-monitoring.ts';
import { queuesOnlyThrough, topicOnlyThrough } from '../constructs/network/endpoint-only.ts';
import { PrivateNetwork } from '../constructs/private-network.ts';
import { PrivateTerminal } from '../constructs/private-terminal.ts';
import { grantConsume, grantSend } from '../constructs/queue-grants.ts';
import { SystemStack, type SystemStackProps } from './system-stack.ts';

/**
 * A message sent where there is no internet: from an instance in isolated subnets, through an endpoint,
 * to a queue that takes messages through that endpoint and by SNS, and in no other way.
 */
export class PrivateMessagingStack extends SystemStack {
  constructor(scope: Construct, id: string, props: SystemStackProps) {
    super(scope, id, {
      description: 'Messages sent without internet, through endpoints and through nothing else',
      ...props,
    });
    const { removalPolicy } = this;

    // Network: isolated subnets, endpoints of what is called from them
    const network = new PrivateNetwork(this, 'Network', {
      services: ['sqs', 'sns', ...PrivateTerminal.services],
      ...this.logSettings,
    });

    // Queue and topic: closed to whatever does not come through the endpoint
    const inbox = new DurableQueue(this, 'Inbox', {
      key: new MessageKey(this, 'QueueKey', {
        description: 'Encrypts messages in their queue',
        removalPolicy,
      }),
      ...this.queueSettings,
    });
    const notices = new FanOutTopic(this, 'Notices', {
      events: noticeEvents,
      key: new MessageKey(this, 'TopicKey', {
        description: 'Encrypts notices on their topic',
        removalPolicy,
      }),
    });
    const undelivered = notices.fanOutTo(inbox, inboxEvents);
    queuesOnlyThrough(network.endpoint('sqs'), inbox.queue, inbox.deadLetterQueue, undelivered);
    topicOnlyThrough(network.endpoint('sns'), notices.topic);

    // Instance: where to try it from
    const commands = tryCommands(inbox.queue.queueUrl, notices.topic.topicArn);
    const terminal = new PrivateTerminal(this, 'Terminal', { network, commands });
    grantSend(terminal.role, inbox);
    grantConsume(terminal.role, inbox);
    notices.grantPublish(terminal.role);

    // Alarms: whatever fails reaches a person
    const alarmTopic = new AlarmTopic(this, 'Alarms', this.alarmTopicSettings);
    new QueueMonitoring(this, 'InboxMonitoring', { queue: inbox, alarmTopic, ...this.alarmSettings });
    new TopicMonitoring(this, 'NoticesMonitoring', {
      topic: notices,
      alarmTopic,
      ...this.topicAlarmSettings,
    });

    this.showOnDashboard(alarmTopic, [new DashboardRow('Notices and messages').topic(notices).queue(inbox)]);

    new CfnOutput(this, 'SessionCommand', {
      value: terminal.sessionCommand,
      description: 'Opens a shell on the instance; there: send-message, receive-message, publish-notice',
    });
    new CfnOutput(this, 'SendCommand', {
      value: commands['send-message'].replace('"$1"', "'Hello'"),
      description: 'Works on the instance, and is denied everywhere else',
    });
    new CfnOutput(this, 'InboxQueueUrl', { value: inbox.queue.queueUrl });
    new CfnOutput(this, 'InboxDlqUrl', { value: inbox.deadLetterQueue.queueUrl });
    new CfnOutput(this, 'NoticesTopicArn', { value: notices.topic.topicArn });
    new CfnOutput(this, 'AlarmTopicArn', { value: alarmTopic.topic.topicArn });
  }
}

/** What there is to try on the instance, by the name under which it is ready there. */
function tryCommands(queueUrl: string, topicArn: string) {
  const sqs = (call: string) => `aws sqs ${call} --region ${Aws.REGION} --queue-url ${queueUrl}`;
  const attributes = { [eventTypeAttribute]: { DataType: 'String', StringValue: 'notice_posted' } };
  // Python is there for dnf's sake; it writes JSON whatever the text holds.
  const notice =
    'python3 -c \'import json, sys, uuid; print(json.dumps({"event_type": "notice_posted", "correlation_id": str(uuid.uuid4()), "text": sys.argv[1]}))\' "$1"';
  return {
    'send-message': `${sqs('send-message')} --message-body "$1"`,
    'receive-message': `${sqs('receive-message')} --message-attribute-names All`,
    'delete-message': `${sqs('delete-message')} --receipt-handle "$1"`,
    'publish-notice': `aws sns publish --region ${Aws.REGION} --topic-arn ${topicArn} --message-attributes '${JSON.stringify(attributes)}' --message "$(${notice})"`,
  };
}
