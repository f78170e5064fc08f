import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import type { EventSchemas } from '../../../contracts/events.ts';
import type { AlarmTopic } from '../alarm-topic.ts';
import type { FanOutTopic } from '../fan-out-topic.ts';
import { CountAlarm } from './count-alarm.ts';

export interface IncidentMonitoringProps {
  /** Topic on which incidents are raised. */
  readonly topic: FanOutTopic<EventSchemas>;
  readonly alarmTopic: AlarmTopic;
}

/**
 * Alarm of a topic on which something is published only when somebody should look at it.
 *
 * @see https://docs.aws.amazon.com/sns/latest/dg/sns-monitoring-using-cloudwatch.html
 */
export class IncidentMonitoring extends Construct {
  readonly alarms: readonly cloudwatch.Alarm[];

  constructor(scope: Construct, id: string, { topic, alarmTopic }: IncidentMonitoringProps) {
    super(scope, id);
    this.alarms = [
      new CountAlarm(this, 'Raised', {
        metric: topic.topic.metricNumberOfMessagesPublished(),
        means: 'An AWS service told something that somebody should look at: the log says what.',
        breaks: 'What it says: a task that fails, an alarm that sees nothing, a problem of AWS.',
        runbook: 'serviceIncident',
      }),
    ];
    alarmTopic.notifyOf(...this.alarms);
  }
}
