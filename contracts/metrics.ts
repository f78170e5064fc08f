/** Metric that a queue consumer emits: how many records of a batch it could not handle. */
export const failedRecordsMetric = 'FailedRecords';

/** Dimension that tells the functions of a system apart. */
export const serviceDimension = 'service';
