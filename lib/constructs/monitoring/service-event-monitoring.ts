import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import type { AlarmTopic } from '../alarm-topic.ts';
import type { ServiceEventIntake } from '../service-event-intake.ts';
import { CountAlarm } from './count-alarm.ts';
import { notEmptyAlarm } from './queue-monitoring.ts';

export interface ServiceEventMonitoringProps {
  /** Intake with all its rules made. */
  readonly intake: ServiceEventIntake;
  readonly alarmTopic: AlarmTopic;
}

/**
 * Alarms of what AWS services tell: EventBridge could not put an event on the queue and it waits in the DLQ, or
 * not even there.
 *
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-monitoring.html
 */
export class ServiceEventMonitoring extends Construct {
  readonly alarms: readonly cloudwatch.Alarm[];

  constructor(scope: Construct, id: string, { intake, alarmTopic }: ServiceEventMonitoringProps) {
    super(scope, id);
    this.alarms = [
      notEmptyAlarm(this, 'Undelivered', intake.undelivered, {
        means: 'EventBridge could not put events on their queue: its policy or its key refuses.',
        breaks:
          'What those events tell is neither filed nor raised: the DLQ keeps it for 14 days, as the service told it.',
        runbook: 'rules',
      }),
      ...intake.rules.map(
        rule =>
          new CountAlarm(this, `Lost${rule.node.id}`, {
            metric: new cloudwatch.Metric({
              namespace: 'AWS/Events',
              metricName: 'InvocationsFailedToBeSentToDlq',
              dimensionsMap: { RuleName: rule.ruleName },
            }),
            means:
              'Events that EventBridge could not put on their queue could not be kept in the DLQ either.',
            breaks: 'They are gone: what they tell is neither filed nor raised.',
            runbook: 'rules',
          }),
      ),
    ];
    alarmTopic.notifyOf(...this.alarms);
  }
}
