import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import { MonitoringAlarm } from './monitoring-alarm.ts';
import type { AlarmText } from './runbook.ts';

export interface CountAlarmProps extends AlarmText {
  /** Metric that counts something that should not happen; summed over five minutes. */
  readonly metric: cloudwatch.Metric;
}

/** Alarm that goes off at the first event that should not happen. No data is good news. */
export class CountAlarm extends MonitoringAlarm {
  constructor(scope: Construct, id: string, { metric, ...text }: CountAlarmProps) {
    super(scope, id, {
      ...text,
      metric: metric.with({ statistic: cloudwatch.Stats.SUM, period: Duration.minutes(5) }),
      threshold: 1,
      comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      evaluationPeriods: 1,
    });
  }
}
