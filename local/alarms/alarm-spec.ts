import type { MetricIdentity } from './metric-store.ts';

export type AlarmState = 'OK' | 'ALARM' | 'INSUFFICIENT_DATA';

export type ComparisonOperator =
  | 'GreaterThanOrEqualToThreshold'
  | 'GreaterThanThreshold'
  | 'LessThanThreshold'
  | 'LessThanOrEqualToThreshold';

export type MissingDataTreatment = 'missing' | 'ignore' | 'breaching' | 'notBreaching';

/** A metric, and how its samples become data points. */
export interface MetricQuery extends MetricIdentity {
  readonly periodSeconds: number;
  /** `Sum`, `Average`, `Minimum`, `Maximum`, `SampleCount`, `p99`. */
  readonly statistic: string;
}

/** One entry of an alarm's `Metrics`: a metric or an expression over others. */
export interface MetricDataQuery {
  readonly id: string;
  readonly label?: string;
  readonly metric?: MetricQuery;
  readonly expression?: string;
  /** The entry that the alarm watches. @default true */
  readonly returnData?: boolean;
}

/** What every alarm has, whatever it goes off by. */
export interface ActingAlarm {
  readonly alarmName: string;
  /** @default none */
  readonly description?: string;
  /** @default true */
  readonly actionsEnabled?: boolean;
  /** @default none */
  readonly alarmActions?: readonly string[];
  /** @default none */
  readonly okActions?: readonly string[];
  /** @default none */
  readonly insufficientDataActions?: readonly string[];
  /** @default 'us-east-1' */
  readonly region?: string;
  /** @default '000000000000' */
  readonly accountId?: string;
}

/** An alarm as the template declares it; it watches either `metric` or `metrics`. */
export interface AlarmSpec extends ActingAlarm {
  readonly metric?: MetricQuery;
  readonly metrics?: readonly MetricDataQuery[];
  /** As declared: an operator that compares with an anomaly band is not evaluated. */
  readonly comparisonOperator: string;
  readonly threshold?: number;
  readonly evaluationPeriods: number;
  /** @default `evaluationPeriods` */
  readonly datapointsToAlarm?: number;
  /** @default 'missing' */
  readonly treatMissingData?: string;
  /** `ignore` leaves the state alone while there are few samples for a percentile. @default 'evaluate' */
  readonly evaluateLowSampleCountPercentile?: string;
}

/** How an alarm compares data points and decides. */
export interface AlarmRule {
  readonly comparisonOperator: ComparisonOperator;
  readonly threshold: number;
  readonly evaluationPeriods: number;
  readonly datapointsToAlarm: number;
  readonly treatMissingData: MissingDataTreatment;
}

/** An alarm that CloudWatch would evaluate and this machine does not. */
export class UnevaluableAlarm extends Error {
  override readonly name = 'UnevaluableAlarm';
}

const OPERATORS: readonly string[] = [
  'GreaterThanOrEqualToThreshold',
  'GreaterThanThreshold',
  'LessThanThreshold',
  'LessThanOrEqualToThreshold',
] satisfies ComparisonOperator[];

const TREATMENTS: readonly string[] = [
  'missing',
  'ignore',
  'breaching',
  'notBreaching',
] satisfies MissingDataTreatment[];

const isOperator = (name: string): name is ComparisonOperator => OPERATORS.includes(name);
const isTreatment = (name: string): name is MissingDataTreatment => TREATMENTS.includes(name);

/**
 * Reads how an alarm decides.
 *
 * @throws UnevaluableAlarm saying what is not evaluated locally
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
 */
export function readAlarmRule(spec: AlarmSpec): AlarmRule {
  const { comparisonOperator, threshold, evaluationPeriods, treatMissingData = 'missing' } = spec;
  const datapointsToAlarm = spec.datapointsToAlarm ?? evaluationPeriods;
  if (!isOperator(comparisonOperator)) throw new UnevaluableAlarm(`operator ${comparisonOperator}`);
  if (threshold === undefined) throw new UnevaluableAlarm('a threshold that is itself a metric');
  if (!isTreatment(treatMissingData))
    throw new UnevaluableAlarm(`treatment ${treatMissingData} of missing data`);
  if (spec.evaluateLowSampleCountPercentile === 'ignore') {
    throw new UnevaluableAlarm('EvaluateLowSampleCountPercentile: ignore');
  }
  if (!Number.isInteger(evaluationPeriods) || evaluationPeriods < 1) {
    throw new UnevaluableAlarm(`${evaluationPeriods} evaluation periods`);
  }
  if (
    !Number.isInteger(datapointsToAlarm) ||
    datapointsToAlarm < 1 ||
    datapointsToAlarm > evaluationPeriods
  ) {
    throw new UnevaluableAlarm(`${datapointsToAlarm} data points to alarm out of ${evaluationPeriods}`);
  }
  return { comparisonOperator, threshold, evaluationPeriods, datapointsToAlarm, treatMissingData };
}

/** ARN of an alarm. */
export function alarmArn({
  alarmName,
  region = 'us-east-1',
  accountId = '000000000000',
}: ActingAlarm): string {
  return `arn:aws:cloudwatch:${region}:${accountId}:alarm:${alarmName}`;
}
