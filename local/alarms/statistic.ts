/** Makes one data point of the values of a period; undefined when there are none. */
export type Statistic = (values: readonly number[]) => number | undefined;

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

const STATISTICS: Readonly<Record<string, (values: readonly number[]) => number>> = {
  Sum: sum,
  Average: values => sum(values) / values.length,
  Minimum: values => values.reduce((least, value) => Math.min(least, value)),
  Maximum: values => values.reduce((most, value) => Math.max(most, value)),
  SampleCount: values => values.length,
};

/**
 * Finds a statistic by CloudWatch's name for it: `Sum`, `Average`, `Minimum`, `Maximum`, `SampleCount` or a
 * percentile, `p50` to `p99.99`.
 *
 * @returns undefined for a statistic that is not computed locally
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Statistics-definitions.html
 */
export function findStatistic(name: string): Statistic | undefined {
  const compute = STATISTICS[name] ?? findPercentile(name);
  return compute === undefined ? undefined : values => (values.length === 0 ? undefined : compute(values));
}

function findPercentile(name: string): ((values: readonly number[]) => number) | undefined {
  const match = /^p(\d{1,2}(?:\.\d+)?|100)$/.exec(name);
  if (match === null) return undefined;
  const share = Number(match[1]) / 100;
  return values => {
    const ordered = values.toSorted((one, other) => one - other);
    const place = share * (ordered.length - 1);
    const below = ordered[Math.floor(place)] ?? 0;
    const above = ordered[Math.ceil(place)] ?? below;
    return below + (above - below) * (place - Math.floor(place));
  };
}
