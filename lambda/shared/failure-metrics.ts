import { type Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import { failedRecordsMetric } from '../../contracts/metrics.ts';
import { type FailureKind, failureKind } from './failures.ts';

const metricByKind: Record<FailureKind, string> = {
  permanent: `${failedRecordsMetric}Permanent`,
  passing: `${failedRecordsMetric}Passing`,
  unexpected: `${failedRecordsMetric}Unexpected`,
};

/** Counts messages that failed, in all and by why they did. */
export function countFailures(metrics: Metrics, errors: readonly Error[]): void {
  if (errors.length === 0) return;
  metrics.addMetric(failedRecordsMetric, MetricUnit.Count, errors.length);
  for (const [kind, ofKind] of Map.groupBy(errors, failureKind)) {
    metrics.addMetric(metricByKind[kind], MetricUnit.Count, ofKind.length);
  }
  metrics.publishStoredMetrics();
}
