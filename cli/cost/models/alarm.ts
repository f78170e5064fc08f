import { standing } from '../charge.ts';
import type { CostModel } from './model.ts';

interface MetricQuery {
  readonly MetricStat?: { readonly Period?: number };
}

/** An alarm is charged by the metrics that it looks at, more where it looks more often than once a minute. */
export const alarmModel: CostModel = ({ properties }) => {
  const stats = ((properties.Metrics ?? []) as readonly MetricQuery[]).flatMap(
    ({ MetricStat }) => MetricStat ?? [],
  );
  const periods = stats.length > 0 ? stats.map(({ Period }) => Period) : [properties.Period];
  const price = periods.some(period => Number(period) < 60) ? 'alarm-high-resolution' : 'alarm-standard';
  return [standing(price, periods.length)];
};

export const compositeAlarmModel: CostModel = () => [standing('alarm-composite', 1)];
