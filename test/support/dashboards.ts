import { resourcesOfType } from './stack-template.ts';
import type { TemplateJson } from './synthesized-app.ts';

/** A widget as it is in the body of a dashboard. */
export interface Widget {
  readonly type: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly properties: {
    readonly title?: string;
    readonly markdown?: string;
    readonly alarms?: readonly string[];
    readonly metrics?: readonly (readonly unknown[])[];
    readonly annotations?: {
      readonly horizontal?: readonly { readonly value: number; readonly label: string }[];
    };
  };
}

/** Metric as a widget or an alarm names it; what is of the template in the form `${LogicalId.Attribute}`. */
export interface NamedMetric {
  readonly namespace: string;
  readonly metricName: string;
  readonly dimensions: Readonly<Record<string, string>>;
}

/** Widgets of all dashboards in a template. */
export function widgetsOf(template: TemplateJson): readonly Widget[] {
  return resourcesOfType(template, 'AWS::CloudWatch::Dashboard').flatMap(
    ([, { Properties }]) =>
      (JSON.parse(inWords(Properties.DashboardBody)) as { widgets: readonly Widget[] }).widgets,
  );
}

/** Metrics that a widget shows, those that expressions are made of among them. */
export function metricsOf({ properties }: Widget): NamedMetric[] {
  let last: NamedMetric | undefined;
  return (properties.metrics ?? []).flatMap(row => {
    const names = row.filter((part): part is string => typeof part === 'string');
    if (names.length < 2) return [];
    const [namespace = '', metricName = '', ...dimensions] = names;
    // A dot stands for what the metric before has there.
    if (namespace === '.' && !last) throw new Error(`Nothing goes before ${JSON.stringify(row)}`);
    const pairs = Array.from({ length: dimensions.length / 2 }, (_, index) => [
      dimensions[2 * index] ?? '',
      dimensions[2 * index + 1] ?? '',
    ]);
    last = { namespace, metricName, dimensions: Object.fromEntries(pairs) };
    return [last];
  });
}

/** Metrics that the alarms of a template watch. */
export function alarmMetrics(template: TemplateJson): NamedMetric[] {
  const metricOf = ({ Namespace, MetricName, Dimensions }: AlarmMetric): NamedMetric => ({
    namespace: Namespace,
    metricName: MetricName,
    dimensions: Object.fromEntries((Dimensions ?? []).map(({ Name, Value }) => [Name, inWords(Value)])),
  });
  return resourcesOfType(template, 'AWS::CloudWatch::Alarm').flatMap(([, { Properties }]) => {
    const { Metrics, ...alarm } = Properties as unknown as AlarmMetric & {
      Metrics?: readonly { MetricStat?: { Metric: AlarmMetric } }[];
    };
    return Metrics
      ? Metrics.flatMap(({ MetricStat }) => (MetricStat ? [metricOf(MetricStat.Metric)] : []))
      : [metricOf(alarm)];
  });
}

interface AlarmMetric {
  readonly Namespace: string;
  readonly MetricName: string;
  readonly Dimensions?: readonly { readonly Name: string; readonly Value: unknown }[];
}

/** A text of a template, with `${LogicalId.Attribute}` where it refers to a resource or to a pseudo parameter. */
export function inWords(value: unknown): string {
  if (typeof value === 'string') return value;
  const intrinsic = value as { Ref?: string; 'Fn::GetAtt'?: string[]; 'Fn::Join'?: [string, unknown[]] };
  if (intrinsic.Ref !== undefined) return `\${${intrinsic.Ref}}`;
  if (intrinsic['Fn::GetAtt']) return `\${${intrinsic['Fn::GetAtt'].join('.')}}`;
  if (intrinsic['Fn::Join']) {
    const [separator, parts] = intrinsic['Fn::Join'];
    return parts.map(inWords).join(separator);
  }
  // The end of an ARN, as the dimensions of load balancers have it.
  return `\${${JSON.stringify(value).match(/"(?:Ref|Fn::GetAtt)":\[?"(\w+)"/)?.[1] ?? '?'}}`;
}
