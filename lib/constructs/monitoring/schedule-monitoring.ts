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
        description:
          'Schedules could not send to their queue. Mend its policy, its key or their role, then post those tasks again.',
      }),
      new CountAlarm(this, 'Dropped', {
        metric: counted('InvocationDroppedCount'),
        description: 'Schedules gave up sending. What they wanted to send is in their DLQ, if that took it.',
      }),
      new CountAlarm(this, 'Lost', {
        metric: counted('InvocationsFailedToBeSentToDeadLetterCount'),
        description:
          'What schedules could not send could not be kept in their DLQ either: see its key and their role.',
      }),
    ];
    alarmTopic.notifyOf(...this.alarms);
  }
}
