import { type AlarmSpec, type MetricDataQuery, type MetricQuery, UnevaluableAlarm } from './alarm-spec.ts';
import { UnsupportedExpression } from './expression-parser.ts';
import { evaluateExpression, type Series } from './metric-math.ts';
import type { MetricStore } from './metric-store.ts';
import { findStatistic } from './statistic.ts';

/** Where values of metrics come from. */
export type SampleSource = Pick<MetricStore, 'values'>;

/** What an alarm watches: one series of data points. */
export interface AlarmQuery {
  /** As declared, in seconds. */
  readonly periodSeconds: number;
  /** Reads the periods that start at these times, in milliseconds since the epoch. */
  read(store: SampleSource, starts: readonly number[], periodMs: number): Series;
}

/**
 * Prepares what an alarm watches.
 *
 * @throws UnevaluableAlarm saying what is not evaluated locally
 */
export function compileQuery(spec: AlarmSpec): AlarmQuery {
  if (spec.metric !== undefined) return compileMetric(spec.metric);
  const queries = spec.metrics ?? [];
  const watched = queries.filter(({ returnData = true }) => returnData);
  const [result] = watched;
  if (result === undefined || watched.length > 1) {
    throw new UnevaluableAlarm(`${watched.length} entries of Metrics that return data, one is needed`);
  }
  const metrics = new Map(
    queries.flatMap(({ id, metric }) => (metric === undefined ? [] : [[id, compileMetric(metric)] as const])),
  );
  const periods = new Set([...metrics.values()].map(({ periodSeconds }) => periodSeconds));
  const [periodSeconds] = periods;
  if (periodSeconds === undefined || periods.size > 1)
    throw new UnevaluableAlarm('metrics of different periods');
  const query: AlarmQuery = {
    periodSeconds,
    read: (store, starts, periodMs) => {
      const read = new Map(
        [...metrics].map(([id, metric]) => [id, metric.read(store, starts, periodMs)] as const),
      );
      return evaluateQuery(result, queries, read, periodSeconds, starts.length);
    },
  };
  assertEvaluable(result, queries, metrics, periodSeconds);
  return query;
}

function compileMetric({ periodSeconds, statistic: name, ...metric }: MetricQuery): AlarmQuery {
  const statistic = findStatistic(name);
  if (statistic === undefined) throw new UnevaluableAlarm(`statistic ${name}`);
  return {
    periodSeconds,
    read: (store, starts, periodMs) =>
      starts.map(start => statistic(store.values(metric, start, start + periodMs))),
  };
}

function evaluateQuery(
  query: MetricDataQuery,
  queries: readonly MetricDataQuery[],
  metrics: ReadonlyMap<string, Series>,
  periodSeconds: number,
  length: number,
  outer: readonly string[] = [],
): Series {
  const { id, expression } = query;
  if (expression === undefined) return metrics.get(id) ?? [];
  if (outer.includes(id)) throw new UnsupportedExpression(`${id} refers to itself`);
  return evaluateExpression(expression, {
    periodSeconds,
    length,
    metrics,
    find: wanted => {
      const found = queries.find(candidate => candidate.id === wanted);
      return found === undefined
        ? undefined
        : evaluateQuery(found, queries, metrics, periodSeconds, length, [...outer, id]);
    },
  });
}

// Whether an expression can be evaluated does not depend on the data: one empty period shows it.
function assertEvaluable(
  query: MetricDataQuery,
  queries: readonly MetricDataQuery[],
  metrics: ReadonlyMap<string, AlarmQuery>,
  periodSeconds: number,
): void {
  const empty = new Map([...metrics.keys()].map(id => [id, [undefined]] as const));
  try {
    evaluateQuery(query, queries, empty, periodSeconds, 1);
  } catch (error) {
    if (error instanceof UnsupportedExpression) throw new UnevaluableAlarm(error.message);
    throw error;
  }
}
