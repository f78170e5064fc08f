import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import { type EventSchemas, eventTypeAttribute } from '../../../contracts/events.ts';
import type { AlarmTopic } from '../alarm-topic.ts';
import type { FanOutTopic } from '../fan-out-topic.ts';
import { CountAlarm } from './count-alarm.ts';
import { MessagesPerDayAlarm } from './messages-per-day-alarm.ts';
import { notEmptyAlarm } from './queue-monitoring.ts';

export interface TopicMonitoringProps {
  /** Topic with all its subscriptions made. */
  readonly topic: FanOutTopic<EventSchemas>;
  readonly alarmTopic: AlarmTopic;

  /**
   * How many messages may be published in a day: more is a spike of cost, at each subscriber again.
   *
   * @default - any number may be
   */
  readonly maxMessagesPerDay?: number;
}

/**
 * Alarms of a topic: a delivery failed, the DLQ of a subscription has a message, something was published
 * that no subscription could select, since it says of itself nothing at all, or more was in a day than should.
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
        means: 'SNS gave up deliveries: a subscriber, its policy or its key refuses them.',
        breaks: 'A subscriber lacks events. They wait in the DLQ of the subscription, if it has one.',
        runbook: 'failedDeliveries',
      }),
      ...props.topic.undelivered.map(queue =>
        notEmptyAlarm(this, `Undelivered${queue.node.scope?.node.id}`, queue, {
          means: 'Events could not be delivered to their subscriber: it, its policy or its key refuses them.',
          breaks: 'The subscriber lacks them until they are redriven. They wait in the DLQ for 14 days.',
          runbook: 'undelivered',
        }),
      ),
      ...(props.topic.isFiltered
        ? [
            new CountAlarm(this, 'Untyped', {
              metric: props.topic.topic.metricNumberOfNotificationsFilteredOutNoMessageAttributes(),
              means: `Messages were published without the attribute ${eventTypeAttribute}.`,
              breaks: 'They reached nobody, and nothing keeps them: publish them again with it.',
              runbook: 'untyped',
            }),
          ]
        : []),
      ...(props.maxMessagesPerDay === undefined
        ? []
        : [
            new MessagesPerDayAlarm(this, 'MessagesPerDay', {
              metric: props.topic.topic.metricNumberOfMessagesPublished(),
              went: 'to the topic',
              limit: props.maxMessagesPerDay,
            }),
          ]),
    ];
    props.alarmTopic.notifyOf(...this.alarms);
  }
}
