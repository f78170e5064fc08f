import { createHash } from 'node:crypto';
import * as v from 'valibot';

/** Where files are uploaded to. The bucket tells of what happens here, and of nothing else. */
export const incomingPrefix = 'incoming/';

/** Where it is written what was found in them: elsewhere, so that it is not taken for an upload. */
export const resultsPrefix = 'results/';

/** Name of an upload's metadata (`x-amz-meta-sha256`) that says what its content must add up to, in hex. */
export const statedDigest = 'sha256';

export const sha256 = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/));

/** What was found in one version of an upload; the content of its result object, and fields of its record. */
export const uploadDescription = v.object({
  size: v.pipe(v.number(), v.safeInteger(), v.minValue(0)),
  sha256,
  /** What the uploader says that it is. */
  declared_type: v.string(),
  /** What its first bytes say that it is. */
  detected_type: v.string(),
  /** Up to 16 of them, in hex. */
  first_bytes: v.pipe(v.string(), v.regex(/^([0-9a-f]{2}){0,16}$/)),
  uploaded_at: v.pipe(v.string(), v.isoTimestamp()),
});

export type UploadDescription = v.InferOutput<typeof uploadDescription>;

/** The object under `results/` that belongs to one version of an upload. */
export const uploadResult = v.object({
  bucket: v.string(),
  key: v.string(),
  version_id: v.string(),
  ...uploadDescription.entries,
});

export type UploadResult = v.InferOutput<typeof uploadResult>;

/** Longest key that S3 takes, in bytes of UTF-8. */
const maxKeyBytes = 1_024;

/**
 * Key of the result that belongs to one version of an upload: `results/<name>/<version>.json`.
 *
 * Each version has its own, so that none is overwritten by that of an older one. Where the name is too
 * long for that, its SHA-256 stands for it.
 */
export function resultKey(key: string, versionId: string): string {
  const name = key.startsWith(incomingPrefix) ? key.slice(incomingPrefix.length) : key;
  const whole = `${resultsPrefix}${name}/${versionId}.json`;
  if (Buffer.byteLength(whole) <= maxKeyBytes) return whole;
  const digest = createHash('sha256').update(name).digest('hex');
  return `${resultsPrefix}sha256-${digest}/${versionId}.json`;
}
