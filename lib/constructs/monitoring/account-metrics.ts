import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';

/** Metrics of Lambda that count all functions of an account in a region, and how their minutes are read. */
const statistics = {
  ClaimedAccountConcurrency: cloudwatch.Stats.MAXIMUM,
  ConcurrentExecutions: cloudwatch.Stats.MAXIMUM,
  UnreservedConcurrentExecutions: cloudwatch.Stats.MAXIMUM,
  Throttles: cloudwatch.Stats.SUM,
} as const;

/** A metric of all functions of the account in the region: the one that has no dimension. */
export function accountMetric(metricName: keyof typeof statistics): cloudwatch.Metric {
  return new cloudwatch.Metric({
    namespace: 'AWS/Lambda',
    metricName,
    statistic: statistics[metricName],
    period: Duration.minutes(1),
  });
}
