import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import { type AlarmText, descriptionOf } from './runbook.ts';

export interface MonitoringAlarmProps
  extends AlarmText,
    Omit<cloudwatch.AlarmProps, 'alarmDescription' | 'alarmName' | 'actionsEnabled'> {}

/**
 * Alarm that says what it means, what it breaks, and where its runbook is. Every alarm for a person is one.
 * Missing data is good news, unless the alarm says otherwise: most metrics are silent while all is well.
 */
export class MonitoringAlarm extends cloudwatch.Alarm {
  constructor(scope: Construct, id: string, { means, breaks, runbook, ...props }: MonitoringAlarmProps) {
    super(scope, id, {
      treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
      ...props,
      alarmDescription: descriptionOf(scope, { means, breaks, runbook }),
    });
  }
}
