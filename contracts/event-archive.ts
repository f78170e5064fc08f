import * as v from 'valibot';
import { orderEvents } from './orders.ts';

/** What the archive keeps: the filter policy of its subscription. */
export const archivedEvents = orderEvents.select('order_placed', 'order_shipped', 'order_canceled');

/** Folder of the bucket that events are kept in. */
export const eventsFolder = 'events/';

/** Folder of the bucket for what could not be filed under a date and a type. */
export const errorsFolder = 'errors/';

/** Folder of a day's events, in UTC by when the oldest of an object arrived: `events/date=2026-11-01/`. */
export function dayFolder(date: string): string {
  return `${eventsFolder}date=${date}/`;
}

/** Folder of a day's events of one type: `events/date=2026-11-01/type=order_placed/`. */
export function typeFolder(date: string, type: string): string {
  return `${dayFolder(date)}type=${type}/`;
}

/** Type of the events in an object, by its key; undefined where it is none of the archive's. */
export function typeInKey(key: string): string | undefined {
  return /^events\/date=[^/]+\/type=([^/]+)\//.exec(key)?.[1];
}

/**
 * Longest that an event waits for others before they are written to an object, in seconds. An object is
 * filed under the day of its oldest event, so that so much of the next day can be in it.
 *
 * @see https://docs.aws.amazon.com/firehose/latest/dev/basic-deliver.html
 */
export const longestBufferInSeconds = 900;

const notificationAttribute = v.object({ Type: v.string(), Value: v.string() });

/**
 * One line of the archive: the notification in which SNS hands an event to Data Firehose. It tells what the
 * event does not: its id and time of publication, and its message attributes.
 *
 * @see https://docs.aws.amazon.com/sns/latest/dg/firehose-archived-message-format-S3.html
 */
export const archivedNotification = v.object({
  MessageId: v.pipe(v.string(), v.minLength(1)),
  Timestamp: v.pipe(v.string(), v.isoTimestamp()),
  Message: v.string(),
  MessageAttributes: v.optional(v.record(v.string(), notificationAttribute), {}),
});

export type ArchivedNotification = v.InferOutput<typeof archivedNotification>;

/** Message group of an archived event, which its notification does not tell; undefined where it has none. */
export function groupOfArchived(message: string): string | undefined {
  try {
    const result = v.safeParse(archivedEvents.schema, JSON.parse(message));
    return result.success ? orderEvents.encode(result.output).groupId : undefined;
  } catch {
    // No JSON: for whoever gets it to tell.
    return undefined;
  }
}

/** Message attribute of a replayed event: the replay that sent it. First deliveries have none. */
export const replayIdAttribute = 'replayId';

/** Message attribute of a replayed event: the id under which its publication was archived. */
export const archivedMessageIdAttribute = 'archivedMessageId';
