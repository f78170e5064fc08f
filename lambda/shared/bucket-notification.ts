import * as v from 'valibot';
import {
  type ObjectChange,
  objectEventName,
  objectNotification,
  testNotification,
} from '../../contracts/bucket-notifications.ts';
import { BadMessageError, UnknownEventTypeError } from './failures.ts';
import { textField } from './message-body.ts';

/** A notification of S3's, read. */
export type BucketMessage =
  | { readonly kind: 'test'; readonly bucket: string }
  | { readonly kind: 'change'; readonly change: ObjectChange };

/**
 * What a notification of S3's says.
 *
 * @throws UnknownEventTypeError when it is of an event that no bucket here is asked to tell of.
 * @throws BadMessageError naming every field that is wrong.
 */
export function parseNotification(content: unknown): readonly BucketMessage[] {
  const test = v.safeParse(testNotification, content);
  if (test.success) return [{ kind: 'test', bucket: test.output.Bucket }];
  const result = v.safeParse(objectNotification, content);
  if (result.success) return result.output.map(change => ({ kind: 'change', change }));
  const unknown = eventNames(content).find(name => !objectEventName.test(name));
  if (unknown !== undefined) {
    throw new UnknownEventTypeError(
      `S3 tells of "${unknown}"; allowed: ObjectCreated:…, ObjectRemoved:Delete, ObjectRemoved:DeleteMarkerCreated. ` +
        "Compare the events of the bucket's notifications with that.",
    );
  }
  if (textField(content, 'Type') === 'Notification') {
    throw new BadMessageError(
      'The message body is an SNS envelope, not a notification of S3. Turn raw message delivery on for the subscription.',
    );
  }
  const faults = result.issues.map(issue => `${v.getDotPath(issue) ?? 'body'}: ${issue.message}`);
  throw new BadMessageError(`The message body is no notification of S3: ${faults.join('; ')}.`);
}

/** What a notification is about, for the log, whether it can be read or not. */
export function subjectOf(content: unknown): Readonly<Record<string, unknown>> {
  return { event_type: textField(content, 'Event') ?? eventNames(content)[0] };
}

const namedEvents = v.object({ Records: v.array(v.object({ eventName: v.string() })) });

function eventNames(content: unknown): readonly string[] {
  const result = v.safeParse(namedEvents, content);
  return result.success ? result.output.Records.map(({ eventName }) => eventName.slice(0, 128)) : [];
}
