import type { Charge } from '../charge.ts';
import type { Resource } from '../templates.ts';
import type { MessageFlow } from '../traffic/message-flow.ts';

interface Metric {
  readonly Namespace?: unknown;
  readonly MetricName?: unknown;
  readonly Dimensions?: readonly { readonly Name: string; readonly Value: unknown }[];
}

/** Namespaces of what AWS writes itself. */
const ownNamespaces = /^(AWS|ECS|CWAgent)(\/|$)/;

/**
 * Metrics that functions and workers write, as far as alarms and dashboards look at them: each by namespace, name and
 * dimensions, once for all that look. Paid for by the month as soon as anything is written.
 */
export function customMetrics(flow: MessageFlow): readonly Charge[] {
  if (flow.units === 0) return [];
  const looked = [
    ...flow.ofType('AWS::CloudWatch::Alarm').flatMap(metricsOfAlarm),
    ...flow.ofType('AWS::CloudWatch::Dashboard').flatMap(metricsOfDashboard),
  ];
  const distinct = new Set(
    looked.filter(([namespace]) => !ownNamespaces.test(namespace)).map(names => names.join()),
  );
  return distinct.size > 0 ? [{ price: 'custom-metric', quantity: distinct.size, kind: 'active' }] : [];
}

/** Namespace, name and dimensions of a metric. */
type MetricNames = readonly [namespace: string, ...rest: string[]];

function metricsOfAlarm({ properties }: Resource): readonly MetricNames[] {
  const queries = (properties.Metrics ?? []) as readonly {
    readonly MetricStat?: { readonly Metric: Metric };
  }[];
  return [properties as Metric, ...queries.flatMap(({ MetricStat }) => MetricStat?.Metric ?? [])].flatMap(
    ({ Namespace, MetricName, Dimensions = [] }): readonly MetricNames[] =>
      typeof Namespace === 'string'
        ? [[Namespace, String(MetricName), ...Dimensions.flatMap(({ Name, Value }) => [Name, text(Value)])]]
        : [],
  );
}

function metricsOfDashboard({ properties }: Resource): readonly MetricNames[] {
  const body = JSON.parse(text(properties.DashboardBody)) as {
    readonly widgets?: readonly {
      readonly properties?: { readonly metrics?: readonly (readonly unknown[])[] };
    }[];
  };
  return (body.widgets ?? [])
    .flatMap(widget => widget.properties?.metrics ?? [])
    .flatMap((row): readonly MetricNames[] => {
      const [namespace, ...rest] = row.filter(part => typeof part === 'string');
      return namespace === undefined ? [] : [[namespace, ...rest]];
    });
}

/** A text of a template, with a word in the place of each reference. */
function text(value: unknown): string {
  if (typeof value !== 'object' || value === null) return String(value);
  const { 'Fn::Join': joined, Ref: ref } = value as { 'Fn::Join'?: [string, unknown[]]; Ref?: string };
  if (joined) return joined[1].map(text).join(joined[0]);
  return ref ?? 'reference';
}
