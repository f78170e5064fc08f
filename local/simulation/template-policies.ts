import type { AlarmSpec, MetricDataQuery } from '../alarms/alarm-spec.ts';
import type { ResourceDeclaration } from '../assembly/resource.ts';
import { alarmSpecOf, type DeclaredQuery, queryOf } from '../provision/alarm-provider.ts';
import { type ScalingPolicy, type StepAdjustment, type StepPolicy, UnknownScaling } from './fleet-model.ts';
import type { FleetSource } from './fleet-source.ts';
import { isKnownMetric, knownMetrics } from './simulated-metrics.ts';

/** Step scaling, under whatever name a resource type has it. */
export interface DeclaredSteps {
  readonly AdjustmentType?: string;
  readonly MinAdjustmentMagnitude?: number;
  readonly StepAdjustments?: readonly {
    readonly MetricIntervalLowerBound?: number;
    readonly MetricIntervalUpperBound?: number;
    readonly ScalingAdjustment: number;
  }[];
}

/** Target tracking, likewise. */
export interface DeclaredTarget {
  readonly TargetValue: number;
  readonly DisableScaleIn?: boolean;
  readonly PredefinedMetricSpecification?: { readonly PredefinedMetricType?: string };
  readonly CustomizedMetricSpecification?: {
    readonly Metrics?: readonly DeclaredQuery[];
    readonly Namespace?: string;
    readonly MetricName?: string;
    readonly Statistic?: string;
    readonly Dimensions?: readonly { readonly Name: string; readonly Value: string }[];
  };
}

/** Waiting times of a policy, in seconds. */
export type PolicyTimes = Pick<StepPolicy, 'warmUp' | 'outCooldown' | 'inCooldown'>;

/** @returns one policy for each alarm that sets it off. */
export function stepPolicies(
  resource: ResourceDeclaration,
  steps: DeclaredSteps,
  times: PolicyTimes,
  source: FleetSource,
): ScalingPolicy[] {
  const adjustmentType = steps.AdjustmentType;
  if (!isAdjustmentType(adjustmentType)) {
    throw new UnknownScaling(`${resource.path} has the adjustment type ${adjustmentType}.`);
  }
  return alarmsOf(source.refOf(resource), source).map(alarm => ({
    kind: 'step',
    name: resource.path,
    alarm: withKnownMetrics(resource, alarm),
    adjustmentType,
    steps: (steps.StepAdjustments ?? []).map(stepOf),
    minAdjustment: Number(steps.MinAdjustmentMagnitude ?? 0),
    ...times,
  }));
}

export function targetPolicy(
  resource: ResourceDeclaration,
  declared: DeclaredTarget,
  times: PolicyTimes,
): ScalingPolicy {
  const metrics = metricsOf(resource, declared);
  for (const { metric } of metrics) assertKnown(resource, metric);
  return {
    kind: 'target',
    name: resource.path,
    target: Number(declared.TargetValue),
    metrics,
    scalesIn: declared.DisableScaleIn !== true,
    ...times,
  };
}

function isAdjustmentType(type: string | undefined): type is StepPolicy['adjustmentType'] {
  return type === 'ChangeInCapacity' || type === 'ExactCapacity' || type === 'PercentChangeInCapacity';
}

function stepOf(declared: NonNullable<DeclaredSteps['StepAdjustments']>[number]): StepAdjustment {
  return {
    lower: Number(declared.MetricIntervalLowerBound ?? Number.NEGATIVE_INFINITY),
    upper: Number(declared.MetricIntervalUpperBound ?? Number.POSITIVE_INFINITY),
    adjustment: Number(declared.ScalingAdjustment),
  };
}

function alarmsOf(policyRef: string, source: FleetSource): AlarmSpec[] {
  return source
    .ofType('AWS::CloudWatch::Alarm')
    .filter(alarm => ((alarm.property('AlarmActions') ?? []) as unknown[]).includes(policyRef))
    .map(alarmSpecOf);
}

function metricsOf(resource: ResourceDeclaration, declared: DeclaredTarget): readonly MetricDataQuery[] {
  const custom = declared.CustomizedMetricSpecification;
  if (custom?.Metrics) {
    // A target tracking policy looks at whole minutes, and its queries have no period.
    return custom.Metrics.map(query =>
      queryOf(query.MetricStat ? { ...query, MetricStat: { ...query.MetricStat, Period: 60 } } : query),
    );
  }
  if (custom?.MetricName) {
    const { Namespace = '', MetricName, Dimensions = [], Statistic = 'Average' } = custom;
    const Metric = { Namespace, MetricName, Dimensions };
    return [queryOf({ Id: 'metric', MetricStat: { Metric, Period: 60, Stat: Statistic } })];
  }
  throw new UnknownScaling(
    `${resource.path} tracks ${declared.PredefinedMetricSpecification?.PredefinedMetricType ?? 'nothing'}. ` +
      'The simulation plays customized metrics of a queue and its workers.',
  );
}

function withKnownMetrics(resource: ResourceDeclaration, alarm: AlarmSpec): AlarmSpec {
  for (const metric of [alarm.metric, ...(alarm.metrics ?? []).map(query => query.metric)]) {
    assertKnown(resource, metric);
  }
  return alarm;
}

function assertKnown(resource: ResourceDeclaration, metric: AlarmSpec['metric']): void {
  if (metric === undefined || isKnownMetric(metric)) return;
  throw new UnknownScaling(
    `${resource.path} is scaled on ${metric.namespace} ${metric.name}. The simulation has: ${knownMetrics.join(', ')}.`,
  );
}
