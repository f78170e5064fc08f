import {
  type ActingAlarm,
  type AlarmRule,
  type AlarmSpec,
  type AlarmState,
  alarmArn,
  type MetricQuery,
} from './alarm-spec.ts';
import type { CompositeChange, CompositeSpec } from './composite-alarm.ts';

/** A change of an alarm's state. */
export interface StateChange {
  readonly oldState: AlarmState;
  readonly newState: AlarmState;
  readonly reason: string;
  readonly at: Date;
}

/** What CloudWatch publishes to an alarm's topic. */
export interface AlarmNotification {
  readonly subject: string;
  /** JSON text. */
  readonly message: string;
}

const REGION_NAMES: Readonly<Record<string, string>> = {
  'us-east-1': 'US East (N. Virginia)',
  'us-east-2': 'US East (Ohio)',
  'us-west-1': 'US West (N. California)',
  'us-west-2': 'US West (Oregon)',
  'ca-central-1': 'Canada (Central)',
  'eu-central-1': 'EU (Frankfurt)',
  'eu-west-1': 'EU (Ireland)',
  'eu-west-2': 'EU (London)',
  'eu-west-3': 'EU (Paris)',
  'eu-north-1': 'EU (Stockholm)',
  'eu-south-1': 'EU (Milan)',
  'ap-south-1': 'Asia Pacific (Mumbai)',
  'ap-northeast-1': 'Asia Pacific (Tokyo)',
  'ap-northeast-2': 'Asia Pacific (Seoul)',
  'ap-southeast-1': 'Asia Pacific (Singapore)',
  'ap-southeast-2': 'Asia Pacific (Sydney)',
  'sa-east-1': 'South America (Sao Paulo)',
};

/**
 * Writes the notification of a state change as CloudWatch writes it to SNS.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Notify_Users_Alarm_Changes.html
 */
export function alarmNotification(spec: AlarmSpec, rule: AlarmRule, change: StateChange): AlarmNotification {
  return notificationOf(spec, change, {
    Trigger: {
      ...(spec.metric === undefined ? {} : metricTrigger(spec.metric)),
      EvaluationPeriods: rule.evaluationPeriods,
      ...(spec.datapointsToAlarm === undefined ? {} : { DatapointsToAlarm: spec.datapointsToAlarm }),
      ComparisonOperator: rule.comparisonOperator,
      Threshold: rule.threshold,
      TreatMissingData: rule.treatMissingData,
      EvaluateLowSampleCountPercentile: spec.evaluateLowSampleCountPercentile ?? '',
      ...(spec.metrics === undefined ? {} : { Metrics: spec.metrics.map(metricsEntry) }),
    },
  });
}

/** The same of a composite alarm, which has a rule and the alarms that made it change, and no trigger. */
export function compositeNotification(spec: CompositeSpec, change: CompositeChange): AlarmNotification {
  return notificationOf(spec, change, {
    AlarmRule: spec.rule,
    TriggeringChildren: change.children.map(({ arn, state, since }) => ({
      Arn: arn,
      State: { Value: state, Timestamp: offsetTime(since) },
    })),
  });
}

function notificationOf(spec: ActingAlarm, change: StateChange, cause: object): AlarmNotification {
  const region = spec.region ?? 'us-east-1';
  const regionName = REGION_NAMES[region] ?? region;
  const message = {
    AlarmName: spec.alarmName,
    AlarmDescription: spec.description ?? null,
    AWSAccountId: spec.accountId ?? '000000000000',
    NewStateValue: change.newState,
    NewStateReason: change.reason,
    StateChangeTime: offsetTime(change.at),
    Region: regionName,
    AlarmArn: alarmArn(spec),
    OldStateValue: change.oldState,
    OKActions: spec.okActions ?? [],
    AlarmActions: spec.alarmActions ?? [],
    InsufficientDataActions: spec.insufficientDataActions ?? [],
    ...cause,
  };
  return {
    subject: `${change.newState}: "${spec.alarmName}" in ${regionName}`,
    message: JSON.stringify(message),
  };
}

function metricTrigger(metric: MetricQuery) {
  const isPercentile = metric.statistic.startsWith('p');
  return {
    MetricName: metric.name,
    Namespace: metric.namespace,
    ...(isPercentile
      ? { StatisticType: 'ExtendedStatistic', ExtendedStatistic: metric.statistic }
      : { StatisticType: 'Statistic', Statistic: upperSnake(metric.statistic) }),
    Unit: metric.unit ?? null,
    Dimensions: dimensionsOf(metric),
    Period: metric.periodSeconds,
  };
}

function metricsEntry({
  id,
  label,
  expression,
  metric,
  returnData = true,
}: NonNullable<AlarmSpec['metrics']>[number]) {
  return {
    ...(expression === undefined ? {} : { Expression: expression }),
    Id: id,
    ...(label === undefined ? {} : { Label: label }),
    ...(metric === undefined
      ? {}
      : {
          MetricStat: {
            Metric: {
              Dimensions: dimensionsOf(metric),
              MetricName: metric.name,
              Namespace: metric.namespace,
            },
            Period: metric.periodSeconds,
            Stat: metric.statistic,
          },
        }),
    ReturnData: returnData,
  };
}

const offsetTime = (date: Date) => date.toISOString().replace('Z', '+0000');

const dimensionsOf = ({ dimensions = {} }: MetricQuery) =>
  Object.entries(dimensions).map(([name, value]) => ({ value, name }));

const upperSnake = (name: string) => name.replace(/(?<=[a-z])(?=[A-Z])/g, '_').toUpperCase();
