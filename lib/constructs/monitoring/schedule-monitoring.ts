import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import type { AlarmTopic } from '../alarm-topic.ts';
import type { TaskScheduler } from '../task-scheduler.ts';
import { CountAlarm } from './count-alarm.ts';
import { notEmptyAlarm } from './queue-monitoring.ts';

export interface ScheduleMonitoringProps {
  readonly scheduler: TaskScheduler;
  readonly alarmTopic: AlarmTopic;
}

/**
 * Alarms of a group of schedules: a message could not be sent and waits in the DLQ, or not even there.
 *
 * @see https://docs.aws.amazon.com/scheduler/latest/UserGuide/monitoring-cloudwatch.html
 */
export class ScheduleMonitoring extends Construct {
  readonly alarms: readonly cloudwatch.Alarm[];

  constructor(scope: Construct, id: string, { scheduler, alarmTopic }: ScheduleMonitoringProps) {
    super(scope, id);
    const counted = (metricName: string) =>
      new cloudwatch.Metric({
        namespace: 'AWS/Scheduler',
        metricName,
        dimensionsMap: { ScheduleGroup: scheduler.group.ref },
      });
    this.alarms = [
      notEmptyAlarm(this, 'Undelivered', scheduler.undelivered, {
        means: 'Schedules could not send to their queue: its policy, its key or their role refuses.',
        breaks: 'Tasks are not done when they are due. What could not be sent is in the DLQ for 14 days.',
        runbook: 'schedules',
      }),
      new CountAlarm(this, 'Dropped', {
        metric: counted('InvocationDroppedCount'),
        means: 'Schedules gave up sending.',
        breaks:
          'Tasks are not done when they are due. What could not be sent is in the DLQ, if that took it.',
        runbook: 'schedules',
      }),
      new CountAlarm(this, 'Lost', {
        metric: counted('InvocationsFailedToBeSentToDeadLetterCount'),
        means: 'What schedules could not send could not be kept in their DLQ either.',
        breaks: 'Those wake-ups are lost; the tasks are in the table.',
        runbook: 'schedules',
      }),
    ];
    alarmTopic.notifyOf(...this.alarms);
  }
}
