/** Metric that a queue consumer emits: how many records of a batch it could not handle. */
export const failedRecordsMetric = 'FailedRecords';

/** The same, by why they failed: they can never succeed, may at a later try, or nobody foresaw it. */
export const failedRecordsMetrics = {
  permanent: `${failedRecordsMetric}Permanent`,
  passing: `${failedRecordsMetric}Passing`,
  unexpected: `${failedRecordsMetric}Unexpected`,
} as const;

/** Metric of a consumer that keeps groups in order: records that it left behind a failed one of their group. */
export const leftRecordsMetric = 'RecordsLeftBehind';

/** Dimension that tells the functions of a system apart. */
export const serviceDimension = 'service';
