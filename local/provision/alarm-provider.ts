import {
  type ActingAlarm,
  type AlarmSpec,
  alarmArn,
  type MetricDataQuery,
  type MetricQuery,
} from '../alarms/alarm-spec.ts';
import type { CompositeSpec } from '../alarms/composite-alarm.ts';
import { ACCOUNT_ID } from '../assembly/cloud-assembly.ts';
import type { ResourceDeclaration } from '../assembly/resource.ts';
import { physicalName } from './physical-name.ts';
import { listOf, textOf } from './property-values.ts';
import type { ResourceProvider } from './provider.ts';

/** @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html */
const NAME_LIMIT = 255;

/** What no part of the local cloud reports to. */
const SILENT_NAMESPACES = ['AWS/AmazonMQ'];

/** A metric as it stands in an alarm's properties, and in each entry of its `Metrics`. */
interface DeclaredMetric {
  readonly Namespace?: string;
  readonly MetricName?: string;
  readonly Dimensions?: readonly { readonly Name: string; readonly Value: string }[];
}

/** An entry of `Metrics`. */
export interface DeclaredQuery {
  readonly Id: string;
  readonly Label?: string;
  readonly Expression?: string;
  readonly ReturnData?: boolean;
  readonly MetricStat?: {
    readonly Metric: DeclaredMetric;
    readonly Period: number;
    readonly Stat: string;
    readonly Unit?: string;
  };
}

export const alarmProvider: ResourceProvider = {
  type: 'AWS::CloudWatch::Alarm',
  phase: 'wiring',
  identify: identifyAlarm,
  async provision(resource, services) {
    const spec = alarmSpecOf(resource);
    const obstacle = alarmOfSilence(spec) ?? services.monitoring.addAlarm(spec, resource.path);
    if (obstacle !== undefined) {
      services.note(resource, `is not evaluated here: ${obstacle}`);
    }
  },
};

export const compositeAlarmProvider: ResourceProvider = {
  type: 'AWS::CloudWatch::CompositeAlarm',
  phase: 'wiring',
  identify: identifyAlarm,
  async provision(resource, services) {
    const obstacle = services.monitoring.addCompositeAlarm(compositeSpecOf(resource), resource.path);
    if (obstacle !== undefined) {
      services.note(resource, `is not evaluated here: ${obstacle}`);
    }
  },
};

/** Why an alarm would go off here for nothing: it takes alarm at a silence which is usual. */
function alarmOfSilence({ metric, metrics = [], treatMissingData }: AlarmSpec): string | undefined {
  if (treatMissingData !== 'breaching') return undefined;
  const queries = [metric, ...metrics.map(query => query.metric)];
  const silent = queries.find(query => SILENT_NAMESPACES.includes(query?.namespace ?? ''));
  return silent && `nothing reports ${silent.name} to ${silent.namespace} here`;
}

function identifyAlarm(resource: ResourceDeclaration) {
  const alarmName = nameOf(resource);
  return { ref: alarmName, attributes: { Arn: alarmArn({ alarmName, region: resource.region }) } };
}

function compositeSpecOf(resource: ResourceDeclaration): CompositeSpec {
  const suppressor = resource.property('ActionsSuppressor');
  return {
    ...actingAlarmOf(resource),
    rule: textOf(resource, 'AlarmRule'),
    ...(suppressor === undefined
      ? {}
      : {
          suppressor: {
            alarm: String(suppressor),
            waitSeconds: Number(resource.property('ActionsSuppressorWaitPeriod')),
            extensionSeconds: Number(resource.property('ActionsSuppressorExtensionPeriod')),
          },
        }),
  };
}

function actingAlarmOf(resource: ResourceDeclaration): ActingAlarm {
  return {
    alarmName: nameOf(resource),
    region: resource.region,
    accountId: ACCOUNT_ID,
    actionsEnabled: resource.property('ActionsEnabled') !== false,
    alarmActions: listOf(resource, 'AlarmActions'),
    okActions: listOf(resource, 'OKActions'),
    insufficientDataActions: listOf(resource, 'InsufficientDataActions'),
    ...textual(resource, 'AlarmDescription', 'description'),
  };
}

/** An alarm as its declaration has it. */
export function alarmSpecOf(resource: ResourceDeclaration): AlarmSpec {
  const metrics = listOf<DeclaredQuery>(resource, 'Metrics');
  const threshold = resource.property('Threshold');
  const datapointsToAlarm = resource.property('DatapointsToAlarm');
  return {
    ...actingAlarmOf(resource),
    comparisonOperator: textOf(resource, 'ComparisonOperator'),
    evaluationPeriods: Number(resource.property('EvaluationPeriods')),
    ...(threshold === undefined ? {} : { threshold: Number(threshold) }),
    ...(datapointsToAlarm === undefined ? {} : { datapointsToAlarm: Number(datapointsToAlarm) }),
    ...textual(resource, 'TreatMissingData', 'treatMissingData'),
    ...textual(resource, 'EvaluateLowSampleCountPercentile', 'evaluateLowSampleCountPercentile'),
    ...(metrics.length > 0 ? { metrics: metrics.map(queryOf) } : { metric: ownMetricOf(resource) }),
  };
}

function ownMetricOf(resource: ResourceDeclaration): MetricQuery {
  return metricOf(
    {
      Namespace: textOf(resource, 'Namespace'),
      MetricName: textOf(resource, 'MetricName'),
      Dimensions: listOf(resource, 'Dimensions'),
    },
    Number(resource.property('Period')),
    String(resource.property('Statistic') ?? resource.property('ExtendedStatistic')),
    resource.property('Unit'),
  );
}

export function queryOf({ Id, Label, Expression, ReturnData, MetricStat }: DeclaredQuery): MetricDataQuery {
  return {
    id: Id,
    ...(Label === undefined ? {} : { label: Label }),
    ...(Expression === undefined ? {} : { expression: Expression }),
    ...(ReturnData === undefined ? {} : { returnData: ReturnData }),
    ...(MetricStat === undefined
      ? {}
      : {
          metric: metricOf(MetricStat.Metric, Number(MetricStat.Period), MetricStat.Stat, MetricStat.Unit),
        }),
  };
}

function metricOf(
  { Namespace = '', MetricName = '', Dimensions = [] }: DeclaredMetric,
  periodSeconds: number,
  statistic: string,
  unit: unknown,
): MetricQuery {
  return {
    namespace: Namespace,
    name: MetricName,
    dimensions: Object.fromEntries(Dimensions.map(({ Name, Value }) => [Name, Value])),
    periodSeconds,
    statistic,
    ...(typeof unit === 'string' ? { unit } : {}),
  };
}

function textual<Key extends string>(
  resource: ResourceDeclaration,
  property: string,
  key: Key,
): { [_ in Key]?: string } {
  const value = resource.property(property);
  return (typeof value === 'string' ? { [key]: value } : {}) as { [_ in Key]?: string };
}

function nameOf(resource: ResourceDeclaration): string {
  return physicalName(resource, resource.property('AlarmName'), { limit: NAME_LIMIT });
}
