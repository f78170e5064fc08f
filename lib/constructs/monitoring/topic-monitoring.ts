import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import { type EventSchemas, eventTypeAttribute } from '../../../contracts/events.ts';
import type { AlarmTopic } from '../alarm-topic.ts';
import type { FanOutTopic } from '../fan-out-topic.ts';
import { CountAlarm } from './count-alarm.ts';
import { notEmptyAlarm } from './queue-monitoring.ts';

export interface TopicMonitoringProps {
  /** Topic with all its subscriptions made. */
  readonly topic: FanOutTopic<EventSchemas>;
  readonly alarmTopic: AlarmTopic;
}

/**
 * Alarms of a topic: a delivery failed, the DLQ of a subscription has a message, or something was
 * published that no subscription could select, since it says of itself nothing at all.
 *
 * @see https://docs.aws.amazon.com/sns/latest/dg/sns-monitoring-using-cloudwatch.html
 */
export class TopicMonitoring extends Construct {
  readonly alarms: readonly cloudwatch.Alarm[];

  constructor(scope: Construct, id: string, props: TopicMonitoringProps) {
    super(scope, id);
    this.alarms = [
      new CountAlarm(this, 'FailedDeliveries', {
        metric: props.topic.topic.metricNumberOfNotificationsFailed(),
        description: 'SNS gave up deliveries: a subscriber, its policy or its key refuses them.',
      }),
      ...props.topic.undelivered.map(queue =>
        notEmptyAlarm(this, `Undelivered${queue.node.scope?.node.id}`, queue, {
          description:
            'Events could not be delivered to their subscriber. Mend it, its policy or its key, then redrive.',
        }),
      ),
      ...(props.topic.isFiltered
        ? [
            new CountAlarm(this, 'Untyped', {
              metric: props.topic.topic.metricNumberOfNotificationsFilteredOutNoMessageAttributes(),
              description: `Messages came without the attribute ${eventTypeAttribute} and reached nobody. Publish them again with it.`,
            }),
          ]
        : []),
    ];
    props.alarmTopic.notifyOf(...this.alarms);
  }
}
