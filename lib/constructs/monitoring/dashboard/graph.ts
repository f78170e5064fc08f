import { Duration } from 'aws-cdk-lib';
import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';

/** Metrics over time; the title tells their units. */
export interface Graph {
  readonly title: string;
  /** What is counted. */
  readonly left: readonly cloudwatch.IMetric[];
  /** What is measured in another unit. @default - nothing */
  readonly right?: readonly cloudwatch.IMetric[];
}

/** A dashboard shows each minute for as long as CloudWatch keeps minutes, and longer periods after that. */
export const everyMinute = { period: Duration.minutes(1) };
