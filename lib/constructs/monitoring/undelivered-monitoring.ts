import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import type { EventSchemas } from '../../../contracts/events.ts';
import type { AlarmTopic } from '../alarm-topic.ts';
import type { SubscribableTopic } from '../subscriptions/topic-subscription.ts';
import { notEmptyAlarm } from './queue-monitoring.ts';

export interface UndeliveredMonitoringProps {
  /** Topic of somebody else, with all subscriptions of this stack made. */
  readonly topic: Pick<SubscribableTopic<EventSchemas>, 'undelivered'>;
  readonly alarmTopic: AlarmTopic;
}

/**
 * Alarms of subscriptions to a topic of somebody else, whose metrics are not here: the DLQ of one of them, which
 * is, has a message.
 */
export class UndeliveredMonitoring extends Construct {
  readonly alarms: readonly cloudwatch.Alarm[];

  constructor(scope: Construct, id: string, { topic, alarmTopic }: UndeliveredMonitoringProps) {
    super(scope, id);
    this.alarms = topic.undelivered.map(queue =>
      notEmptyAlarm(this, `Undelivered${queue.node.scope?.node.id}`, queue, {
        means: 'Events could not be delivered to their subscriber: it, its policy or its key refuses them.',
        breaks: 'The subscriber lacks them until they are redriven. They wait in the DLQ for 14 days.',
        runbook: 'undelivered',
      }),
    );
    alarmTopic.notifyOf(...this.alarms);
  }
}
