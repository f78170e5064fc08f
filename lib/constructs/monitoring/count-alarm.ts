import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';

export interface CountAlarmProps {
  /** Metric that counts something that should not happen; summed over five minutes. */
  readonly metric: cloudwatch.Metric;
  readonly description: string;
}

/** Alarm that goes off at the first event that should not happen. No data is good news. */
export class CountAlarm extends cloudwatch.Alarm {
  constructor(scope: Construct, id: string, props: CountAlarmProps) {
    super(scope, id, {
      alarmDescription: props.description,
      metric: props.metric.with({ statistic: cloudwatch.Stats.SUM, period: Duration.minutes(5) }),
      threshold: 1,
      comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      evaluationPeriods: 1,
      treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
    });
  }
}
