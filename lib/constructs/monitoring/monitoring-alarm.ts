import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import { type AlarmText, descriptionOf } from './runbook.ts';

export interface MonitoringAlarmProps
  extends AlarmText,
    Omit<cloudwatch.AlarmProps, 'alarmDescription' | 'alarmName' | 'actionsEnabled'> {
  /**
   * Whether the threshold is a line in the graphs of dashboards: one that is far from all that is usual makes the
   * rest of a graph flat.
   *
   * @default true
   */
  readonly isDrawn?: boolean;
}

/**
 * Alarm that says what it means, what it breaks, and where its runbook is. Every alarm for a person is one.
 * Missing data is good news, unless the alarm says otherwise: most metrics are silent while all is well.
 */
export class MonitoringAlarm extends cloudwatch.Alarm {
  /** Whether the threshold is a line in the graphs of dashboards. */
  readonly isDrawn: boolean;

  constructor(scope: Construct, id: string, props: MonitoringAlarmProps) {
    const { means, breaks, runbook, isDrawn = true, ...alarm } = props;
    super(scope, id, {
      treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
      ...alarm,
      alarmDescription: descriptionOf(scope, { means, breaks, runbook }),
    });
    this.isDrawn = isDrawn;
  }
}
