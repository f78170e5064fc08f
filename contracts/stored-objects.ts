import { createHash } from 'node:crypto';
import * as v from 'valibot';

/** An object on S3 as messages name it: this version of it, where its bucket keeps versions. */
export const storedObject = v.object({
  bucket: v.pipe(v.string(), v.minLength(3), v.maxLength(63)),
  /** As it is, not URL-encoded. */
  key: v.pipe(v.string(), v.minLength(1), v.maxLength(1_024)),
  version_id: v.optional(v.pipe(v.string(), v.minLength(1), v.maxLength(1_024))),
});

export type StoredObject = v.InferOutput<typeof storedObject>;

export const objectId = v.pipe(v.string(), v.regex(/^[0-9a-f]{32}$/));

/**
 * Id of one version of an object, the same for every notification and delivery that is about it: what a
 * job makes of it is named after it, so that two that do the same job write the same object.
 */
export function objectIdOf({ bucket, key, version_id = '' }: StoredObject): string {
  return createHash('sha256')
    .update(JSON.stringify([bucket, key, version_id]))
    .digest('hex')
    .slice(0, 32);
}
