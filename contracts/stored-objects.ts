import * as v from 'valibot';

/** An object on S3 as messages name it: this version of it, where its bucket keeps versions. */
export const storedObject = v.object({
  bucket: v.pipe(v.string(), v.minLength(3), v.maxLength(63)),
  /** As it is, not URL-encoded. */
  key: v.pipe(v.string(), v.minLength(1), v.maxLength(1_024)),
  version_id: v.optional(v.pipe(v.string(), v.minLength(1), v.maxLength(1_024))),
});

export type StoredObject = v.InferOutput<typeof storedObject>;
