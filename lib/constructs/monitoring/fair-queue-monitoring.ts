import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import type { AlarmTopic } from '../alarm-topic.ts';
import type { DurableQueue } from '../durable-queue.ts';
import { FairQueueMetrics } from './fair-queue-metrics.ts';
import { MonitoringAlarm } from './monitoring-alarm.ts';
import { fineAlarms } from './monitoring-context.ts';

export interface FairQueueMonitoringProps {
  /** A queue whose messages have message groups. */
  readonly queue: DurableQueue;
  readonly alarmTopic: AlarmTopic;

  /**
   * How old the oldest message of a quiet group may get.
   *
   * @default Duration.minutes(15)
   */
  readonly maxMessageAge?: Duration;
}

/**
 * Alarm of a fair queue, beside those of `QueueMonitoring`: message groups wait that are not noisy. When the
 * queue's own alarms go off and this one does not, one group has more messages than usual, and waits for it
 * alone; when this one goes off too, everybody waits, and consumers fail or are too few. It is a fine alarm: a
 * stage with the essential ones does without.
 */
export class FairQueueMonitoring extends Construct {
  readonly alarms: readonly cloudwatch.Alarm[];

  constructor(scope: Construct, id: string, props: FairQueueMonitoringProps) {
    super(scope, id);
    const maxMessageAge = props.maxMessageAge ?? Duration.minutes(15);
    this.alarms = fineAlarms(this, () => [
      new MonitoringAlarm(this, 'QuietMessageAge', {
        means: `Message groups that are not noisy wait for more than ${maxMessageAge.toHumanString()}: not one group's burst, but consumers that fail or are too few.`,
        breaks: 'All groups are late, not only the one that has more messages than usual. Nothing is lost.',
        runbook: 'quietGroups',
        metric: new FairQueueMetrics(props.queue.queue).ofQuietGroups('ApproximateAgeOfOldestMessage'),
        threshold: maxMessageAge.toSeconds(),
        comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
        evaluationPeriods: 3,
      }),
    ]);
    props.alarmTopic.notifyOfSigns(props.queue, ...this.alarms);
  }
}
