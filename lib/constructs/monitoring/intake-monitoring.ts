import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import type { AlarmTopic } from '../alarm-topic.ts';
import type { HttpIntake } from '../http-intake.ts';
import { CountAlarm } from './count-alarm.ts';

export interface IntakeMonitoringProps {
  readonly intake: HttpIntake;
  readonly alarmTopic: AlarmTopic;
}

/** Alarm of an HTTP intake: callers were told that something of ours failed. */
export class IntakeMonitoring extends Construct {
  readonly alarms: readonly cloudwatch.Alarm[];

  constructor(scope: Construct, id: string, props: IntakeMonitoringProps) {
    super(scope, id);
    this.alarms = [
      new CountAlarm(this, 'ServerErrors', {
        metric: props.intake.api.metricServerError(),
        means: 'Callers got a 5xx answer.',
        breaks: 'What they sent was not taken; they have to send it again.',
        runbook: 'serverErrors',
      }),
    ];
    props.alarmTopic.notifyOf(...this.alarms);
  }
}
