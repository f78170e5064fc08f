/** One value of one metric under one set of dimensions. */
export interface MetricSample {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly value: number;
  /** CloudWatch unit. @default 'None' */
  readonly unit: string;
  /** Milliseconds since the epoch. */
  readonly timestamp: number;
}

/** What an embedded metric format document says, or why it cannot be read. */
export type MetricReading = { readonly samples: readonly MetricSample[] } | { readonly fault: string };

type JsonObject = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isText = (value: unknown): value is string => typeof value === 'string';

class UnreadableMetrics extends Error {}

/**
 * Reads a log line in CloudWatch's embedded metric format.
 *
 * @returns undefined when the document announces no metrics at all
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
export function readEmbeddedMetrics(document: JsonObject): MetricReading | undefined {
  const metadata = document._aws;
  if (!isObject(metadata) || metadata.CloudWatchMetrics === undefined) return undefined;
  try {
    return { samples: readDirectives(document, metadata) };
  } catch (error) {
    if (error instanceof UnreadableMetrics) return { fault: error.message };
    throw error;
  }
}

function readDirectives(document: JsonObject, metadata: JsonObject): MetricSample[] {
  const { Timestamp: timestamp, CloudWatchMetrics: directives } = metadata;
  if (typeof timestamp !== 'number')
    throw new UnreadableMetrics('_aws.Timestamp must be a number of milliseconds');
  if (!Array.isArray(directives)) throw new UnreadableMetrics('_aws.CloudWatchMetrics must be a list');
  return directives.flatMap((directive: unknown) => {
    if (!isObject(directive) || !isText(directive.Namespace)) {
      throw new UnreadableMetrics('a metric directive must name its Namespace');
    }
    const { Namespace: namespace, Metrics: metrics, Dimensions: dimensionSets = [[]] } = directive;
    if (!Array.isArray(metrics)) throw new UnreadableMetrics(`the metrics of ${namespace} must be a list`);
    if (!Array.isArray(dimensionSets))
      throw new UnreadableMetrics(`the dimensions of ${namespace} must be a list`);
    const dimensions = dimensionSets.map((names: unknown) => readDimensions(document, names));
    return metrics.flatMap((metric: unknown) => {
      if (!isObject(metric) || !isText(metric.Name)) {
        throw new UnreadableMetrics(`a metric of ${namespace} has no Name`);
      }
      const name = metric.Name;
      const unit = isText(metric.Unit) ? metric.Unit : 'None';
      return readValues(document, name).flatMap(value =>
        dimensions.map(set => ({ namespace, name, dimensions: set, value, unit, timestamp })),
      );
    });
  });
}

function readDimensions(document: JsonObject, names: unknown): Record<string, string> {
  if (!Array.isArray(names)) throw new UnreadableMetrics('a dimension set must be a list of names');
  return Object.fromEntries(
    names.map((name: unknown) => {
      const value = isText(name) ? document[name] : undefined;
      if (!isText(name) || !isText(value)) {
        throw new UnreadableMetrics(`dimension ${JSON.stringify(name)} has no text value in the document`);
      }
      return [name, value] as const;
    }),
  );
}

function readValues(document: JsonObject, name: string): number[] {
  const found = document[name];
  const values: unknown[] = Array.isArray(found) ? found : [found];
  if (!values.every(value => typeof value === 'number')) {
    throw new UnreadableMetrics(`metric ${JSON.stringify(name)} has no numeric value in the document`);
  }
  return values;
}
