import * as v from 'valibot';

/**
 * What S3 sends to a destination when it is set up, to see whether it may; through a topic, to every
 * subscriber. It has no records.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html
 */
export const testNotification = v.object({
  Service: v.literal('Amazon S3'),
  Event: v.literal('s3:TestEvent'),
  Bucket: v.pipe(v.string(), v.minLength(1)),
});

/** Names of the events that tell of an object's coming and going in a bucket with versions. */
export const objectEventName = /^Object(?:Created:\w+|Removed:(?:Delete|DeleteMarkerCreated))$/;

/** A key as S3 writes it into notifications: like a form's field, with `+` for a space. */
const encodedKey = v.pipe(
  v.string(),
  v.minLength(1),
  v.rawTransform<string, string>(({ dataset, addIssue, NEVER }) => {
    try {
      return decodeURIComponent(dataset.value.replaceAll('+', ' '));
    } catch {
      addIssue({ message: 'Invalid key: expected it URL-encoded' });
      return NEVER;
    }
  }),
);

/** One event of a notification, with the fields that every version 2.x of the structure has. */
const eventRecord = v.object({
  eventVersion: v.pipe(v.string(), v.regex(/^2\.\d+$/, 'Invalid version: expected 2.x')),
  eventSource: v.literal('aws:s3'),
  eventName: v.pipe(
    v.string(),
    v.regex(objectEventName, 'Invalid event: expected an object to come or to go'),
  ),
  eventTime: v.pipe(v.string(), v.isoTimestamp()),
  responseElements: v.object({ 'x-amz-request-id': v.pipe(v.string(), v.minLength(1)) }),
  s3: v.object({
    bucket: v.object({ name: v.pipe(v.string(), v.minLength(1)) }),
    object: v.object({
      key: encodedKey,
      versionId: v.pipe(v.string('Invalid version id: expected the bucket to keep versions'), v.minLength(1)),
      sequencer: v.pipe(
        v.string(),
        v.regex(/^[0-9A-Fa-f]+$/, 'Invalid sequencer: expected hexadecimal digits'),
      ),
    }),
  }),
});

/** What happened to an object in a bucket that keeps versions. */
export interface ObjectChange {
  /**
   * `created`: a version came. `hidden`: a delete marker came, so that the key leads to nothing.
   * `version_deleted`: one version, or one delete marker, is gone for good, and the key leads to whatever
   * is the latest now.
   */
  readonly kind: 'created' | 'hidden' | 'version_deleted';
  readonly bucket: string;
  /** As it is, not as it is encoded. */
  readonly key: string;
  /** The version, or the delete marker, that came or went. */
  readonly version_id: string;
  /** Orders the changes of one key: see {@link compareSequencers}. */
  readonly sequencer: string;
  /** When it happened, in ISO 8601. */
  readonly at: string;
  /** S3's id of the request that did it. */
  readonly request_id: string;
}

/** What S3 sends when objects come or go, as changes. */
export const objectNotification = v.pipe(
  v.object({ Records: v.pipe(v.array(eventRecord), v.minLength(1)) }),
  v.transform(({ Records }) => Records.map(changeOf)),
);

function changeOf({
  eventName,
  eventTime,
  responseElements,
  s3: { bucket, object },
}: v.InferOutput<typeof eventRecord>): ObjectChange {
  return {
    kind: eventName.startsWith('ObjectCreated:')
      ? 'created'
      : eventName === 'ObjectRemoved:DeleteMarkerCreated'
        ? 'hidden'
        : 'version_deleted',
    bucket: bucket.name,
    key: object.key,
    version_id: object.versionId,
    sequencer: object.sequencer,
    at: eventTime,
    request_id: responseElements['x-amz-request-id'],
  };
}

/**
 * Which of two changes of the same key came first: negative for `a`, positive for `b`, 0 for neither.
 *
 * Sequencers are hexadecimal fractions, not numbers: of different lengths, the shorter goes on with zeros.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html
 */
export function compareSequencers(a: string, b: string): number {
  const length = Math.max(a.length, b.length);
  const [first, second] = [a, b].map(sequencer => sequencer.toUpperCase().padEnd(length, '0')) as [
    string,
    string,
  ];
  if (first === second) return 0;
  return first < second ? -1 : 1;
}
