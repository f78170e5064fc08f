/** Metric that a queue consumer emits: how many records of a batch it could not handle. */
export const failedRecordsMetric = 'FailedRecords';

/** Metric of a consumer that keeps groups in order: records that it left behind a failed one of their group. */
export const leftRecordsMetric = 'RecordsLeftBehind';

/** Dimension that tells the functions of a system apart. */
export const serviceDimension = 'service';
