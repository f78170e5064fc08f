import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { AlarmTopic } from '../alarm-topic.ts';
import type { DurableQueue } from '../durable-queue.ts';
import { MessagesPerDayAlarm } from './messages-per-day-alarm.ts';
import { MonitoringAlarm } from './monitoring-alarm.ts';
import { fineAlarms } from './monitoring-context.ts';
import type { AlarmText } from './runbook.ts';

export interface QueueMonitoringProps {
  readonly queue: DurableQueue;
  readonly alarmTopic: AlarmTopic;

  /**
   * How old the oldest message may get. The metric leaves out messages that were received three times
   * or more, which the alarm of the DLQ sees.
   *
   * @default Duration.minutes(15)
   */
  readonly maxMessageAge?: Duration;

  /**
   * How many messages may wait for a quarter of an hour.
   *
   * @default 1000
   */
  readonly maxBacklog?: number;

  /**
   * How many messages may come in a day, however fast they are handled: more is a spike of cost.
   *
   * @default - any number may come
   */
  readonly maxMessagesPerDay?: number;
}

/** Most messages that consumers may have in hand at once, of a standard queue and of a FIFO queue alike. */
const mostInFlight = 120_000;

/** Share of {@link mostInFlight} at which somebody is told, in percent. */
const inFlightPercent = 80;

/** Share of the backlog that goes off by itself from which it may not grow, in percent. */
const growingFromPercent = 10;

/**
 * Alarms of a queue: its DLQ has a message, its oldest message is too old, its backlog stays, or grows while
 * consumers run, consumers keep nearly as many messages as they may, or more came in a day than should.
 *
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html
 */
export class QueueMonitoring extends Construct {
  readonly alarms: readonly cloudwatch.Alarm[];

  constructor(scope: Construct, id: string, props: QueueMonitoringProps) {
    super(scope, id);
    const { queue, deadLetterQueue } = props.queue;
    const maxMessageAge = props.maxMessageAge ?? Duration.minutes(15);
    const maxBacklog = props.maxBacklog ?? 1_000;
    const deadLetters = notEmptyAlarm(this, 'DeadLetters', deadLetterQueue, {
      means: 'Messages failed until their queue gave them up.',
      breaks: 'What they ask for is not done until they are redriven. They wait in the DLQ for 14 days.',
      runbook: 'deadLetters',
    });
    const signs = [
      new MonitoringAlarm(this, 'MessageAge', {
        means: `The oldest message waits for more than ${maxMessageAge.toHumanString()}: consumers fail or are too few.`,
        breaks: "What messages ask for is late. They are lost at the end of the queue's retention.",
        runbook: 'messageAge',
        metric: queue.metricApproximateAgeOfOldestMessage({
          statistic: cloudwatch.Stats.MAXIMUM,
          period: Duration.minutes(1),
        }),
        threshold: maxMessageAge.toSeconds(),
        comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
        evaluationPeriods: 3,
      }),
      ...fineAlarms(this, () => [
        new MonitoringAlarm(this, 'Backlog', {
          means: `More than ${maxBacklog} messages wait for a quarter of an hour: more arrive than are handled.`,
          breaks: 'What messages ask for is late, and later every minute. Nothing is lost.',
          runbook: 'backlog',
          metric: queue.metricApproximateNumberOfMessagesVisible({
            statistic: cloudwatch.Stats.MINIMUM,
            period: Duration.minutes(5),
          }),
          threshold: maxBacklog,
          comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
          evaluationPeriods: 3,
        }),
        growing(this, queue, Math.ceil((maxBacklog * growingFromPercent) / 100)),
        inFlight(this, queue),
      ]),
    ];
    // No sign of a fault: messages that all are handled at once go over it too.
    const spikes =
      props.maxMessagesPerDay === undefined
        ? []
        : [
            new MessagesPerDayAlarm(this, 'MessagesPerDay', {
              metric: queue.metricNumberOfMessagesSent(),
              went: 'into the queue',
              limit: props.maxMessagesPerDay,
            }),
          ];
    this.alarms = [deadLetters, ...signs, ...spikes];
    props.alarmTopic.notifyOfSigns(props.queue, ...signs);
    props.alarmTopic.notifyOfRemains(props.queue, deadLetters);
    props.alarmTopic.notifyOf(...spikes);
  }
}

/** Consumers run, and yet more arrives than they handle, for half an hour on end. */
function growing(scope: Construct, queue: IQueue, fromMessages: number): cloudwatch.Alarm {
  const sum = { statistic: cloudwatch.Stats.SUM };
  return new MonitoringAlarm(scope, 'BacklogGrowing', {
    means: `For half an hour, consumers ran and more messages arrived than they handled; ${fromMessages} or more wait.`,
    breaks: 'What messages ask for is late, and later every minute. Nothing is lost.',
    runbook: 'backlog',
    metric: new cloudwatch.MathExpression({
      label: 'Messages that arrived and were not handled',
      expression: `IF(waiting >= ${fromMessages} AND FILL(handled, 0) > 0, FILL(arrived, 0) - FILL(handled, 0), 0)`,
      usingMetrics: {
        waiting: queue.metricApproximateNumberOfMessagesVisible({ statistic: cloudwatch.Stats.MINIMUM }),
        arrived: queue.metricNumberOfMessagesSent(sum),
        handled: queue.metricNumberOfMessagesDeleted(sum),
      },
      period: Duration.minutes(5),
    }),
    threshold: 1,
    comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
    evaluationPeriods: 6,
  });
}

/**
 * Consumers have received nearly as many messages as SQS lets them keep without deleting them.
 *
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-fifo.html
 */
function inFlight(scope: Construct, queue: IQueue): cloudwatch.Alarm {
  return new MonitoringAlarm(scope, 'InFlight', {
    means: `Consumers have ${inFlightPercent} percent of the ${mostInFlight.toLocaleString('en')} messages in hand that SQS lets them have at once.`,
    breaks: 'Nothing yet. At the limit they receive nothing more, though messages wait.',
    runbook: 'inFlight',
    metric: queue.metricApproximateNumberOfMessagesNotVisible({
      statistic: cloudwatch.Stats.MAXIMUM,
      period: Duration.minutes(5),
    }),
    threshold: (mostInFlight * inFlightPercent) / 100,
    comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
    evaluationPeriods: 1,
    isDrawn: false,
  });
}

/**
 * Alarm of a queue that should be empty, at the first message. It watches what is in the queue:
 * `NumberOfMessagesSent` does not count messages that SQS itself moved there. SQS reports every minute,
 * but up to 15 minutes late of a queue that was idle for hours, as such a queue mostly is.
 *
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/monitoring-using-cloudwatch.html
 */
export function notEmptyAlarm(
  scope: Construct,
  id: string,
  queue: IQueue,
  text: AlarmText,
): cloudwatch.Alarm {
  return new MonitoringAlarm(scope, id, {
    ...text,
    metric: queue.metricApproximateNumberOfMessagesVisible({
      statistic: cloudwatch.Stats.MAXIMUM,
      period: Duration.minutes(1),
    }),
    threshold: 1,
    comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
    evaluationPeriods: 1,
  });
}
