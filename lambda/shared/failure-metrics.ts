import { type Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import { failedRecordsMetric, failedRecordsMetrics } from '../../contracts/metrics.ts';
import { failureKind } from './failures.ts';

/** Counts messages that failed, in all and by why they did. */
export function countFailures(metrics: Metrics, errors: readonly Error[]): void {
  if (errors.length === 0) return;
  metrics.addMetric(failedRecordsMetric, MetricUnit.Count, errors.length);
  for (const [kind, ofKind] of Map.groupBy(errors, failureKind)) {
    metrics.addMetric(failedRecordsMetrics[kind], MetricUnit.Count, ofKind.length);
  }
  metrics.publishStoredMetrics();
}
