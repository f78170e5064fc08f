import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { type EventSchemas, eventTypeAttribute } from '../../../contracts/events.ts';
import type { AlarmTopic } from '../alarm-topic.ts';
import type { FanOutTopic } from '../fan-out-topic.ts';
import { CountAlarm } from './count-alarm.ts';
import { MessagesPerDayAlarm } from './messages-per-day-alarm.ts';
import { MonitoringAlarm } from './monitoring-alarm.ts';
import { fineAlarms } from './monitoring-context.ts';
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
 * Alarms of a topic: the DLQ of a subscription has a message, or could not take one, something was published
 * that no subscription could select, since it says of itself nothing at all, nobody takes anything any more, or
 * more was published in a day than should.
 *
 * A failed delivery is told of by the DLQ that it is in. `NumberOfNotificationsFailed` would tell of it once more,
 * and of endpoints over HTTPS also of each failed try that is followed by one that succeeds.
 *
 * @see https://docs.aws.amazon.com/sns/latest/dg/sns-monitoring-using-cloudwatch.html
 */
export class TopicMonitoring extends Construct {
  readonly alarms: readonly cloudwatch.Alarm[];

  constructor(scope: Construct, id: string, props: TopicMonitoringProps) {
    super(scope, id);
    const { topic, undelivered, isFiltered } = props.topic;
    this.alarms = [
      new CountAlarm(this, 'LostDeliveries', {
        metric: topic.metric('NumberOfNotificationsFailedToRedriveToDlq'),
        means: 'SNS could neither deliver events nor put them into the DLQ of the subscription.',
        breaks: 'A subscriber lacks these events, and nothing keeps them.',
        runbook: 'lostDeliveries',
      }),
      ...undelivered.map(queue =>
        notEmptyAlarm(this, `Undelivered${queue.node.scope?.node.id}`, queue, {
          means: 'Events could not be delivered to their subscriber: it, its policy or its key refuses them.',
          breaks: 'The subscriber lacks them until they are redriven. They wait in the DLQ for 14 days.',
          runbook: 'undelivered',
        }),
      ),
      ...(isFiltered
        ? [
            new CountAlarm(this, 'Untyped', {
              metric: topic.metricNumberOfNotificationsFilteredOutNoMessageAttributes(),
              means: `Messages were published without the attribute ${eventTypeAttribute}.`,
              breaks: 'They reached nobody, and nothing keeps them: publish them again with it.',
              runbook: 'untyped',
            }),
            ...fineAlarms(this, () => [filteredOut(this, topic)]),
          ]
        : []),
      ...fineAlarms(this, () => spikes(this, topic, props.maxMessagesPerDay)),
    ];
    props.alarmTopic.notifyOf(...this.alarms);
  }
}

/** More was published in a day than should: each queue behind the topic tells of its share by itself. */
function spikes(scope: Construct, topic: ITopic, limit: number | undefined): readonly cloudwatch.Alarm[] {
  if (limit === undefined) return [];
  return [
    new MessagesPerDayAlarm(scope, 'MessagesPerDay', {
      metric: topic.metricNumberOfMessagesPublished(),
      went: 'to the topic',
      limit,
    }),
  ];
}

/** Everything that was published for half an hour passed by every subscription: nobody knows its types. */
function filteredOut(scope: Construct, topic: ITopic): cloudwatch.Alarm {
  const sum = { statistic: cloudwatch.Stats.SUM };
  return new MonitoringAlarm(scope, 'FilteredOut', {
    means: 'For half an hour, events were published and filters left out every one of them.',
    breaks: 'Nobody takes these events, and nothing keeps them: a type was renamed, or a filter was.',
    runbook: 'filteredOut',
    metric: new cloudwatch.MathExpression({
      label: 'Events left out while none was delivered',
      // Of a series without any value, SUM makes nothing, and FILL neither.
      expression: 'IF(SUM([delivered, failed, left]) == left, left, 0)',
      usingMetrics: {
        delivered: topic.metricNumberOfNotificationsDelivered(sum),
        failed: topic.metricNumberOfNotificationsFailed(sum),
        left: topic.metricNumberOfNotificationsFilteredOut(sum),
      },
      period: Duration.minutes(15),
    }),
    threshold: 1,
    comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
    evaluationPeriods: 2,
  });
}
