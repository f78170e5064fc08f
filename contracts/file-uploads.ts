import * as v from 'valibot';
import { commonEnvironment, required } from './environment.ts';

/** Namespace of the metrics that this system's functions emit. */
export const metricsNamespace = 'FileUploads';

export const describeUploadEnvironment = v.object({
  ...commonEnvironment,
  /** Bucket that is told of; no other is believed. */
  BUCKET_NAME: required,
  TABLE_NAME: required,
  /** An object with more bytes is recorded, and not read. */
  MAX_OBJECT_BYTES: v.pipe(
    v.string(),
    v.regex(/^[1-9]\d{0,14}$/, 'expected a number of bytes'),
    v.transform(Number),
  ),
});
