import { failureReasonOf } from '../queues/failure-reason.ts';
import { summaryOf } from '../queues/message-summary.ts';
import type { ReceivedMessage } from '../queues/queues.ts';
import { durationText } from '../terminal/durations.ts';

/** Which messages of a DLQ are meant: those that meet all of it. */
export interface MessageFilter {
  /** Message ids. */
  readonly ids?: readonly string[];
  /** Type of the event. */
  readonly type?: string;
  /** What the reason contains, in whatever case. */
  readonly reason?: string;
  /** Sent at least so long ago. */
  readonly olderThanSeconds?: number;
  /** Sent at most so long ago. */
  readonly newerThanSeconds?: number;
}

/** Tells which messages a filter means, as of a time in milliseconds since 1970. */
export function matcher(filter: MessageFilter, now: number): (message: ReceivedMessage) => boolean {
  const { ids, type, olderThanSeconds, newerThanSeconds } = filter;
  const reason = filter.reason?.toLowerCase();
  return message =>
    (ids === undefined || ids.includes(message.id)) &&
    (type === undefined || summaryOf(message).type === type) &&
    (reason === undefined || (failureReasonOf(message)?.reason.toLowerCase().includes(reason) ?? false)) &&
    (olderThanSeconds === undefined || ageInSeconds(message, now) >= olderThanSeconds) &&
    (newerThanSeconds === undefined || ageInSeconds(message, now) <= newerThanSeconds);
}

/** A filter in words: `type order_placed, sent more than 2 h ago`. */
export function filterText({ ids, type, reason, olderThanSeconds, newerThanSeconds }: MessageFilter): string {
  return [
    ids && `id ${ids.join(' or ')}`,
    type !== undefined && `type ${type}`,
    reason !== undefined && `reason "${reason}"`,
    olderThanSeconds !== undefined && `sent more than ${durationText(olderThanSeconds * 1000)} ago`,
    newerThanSeconds !== undefined && `sent less than ${durationText(newerThanSeconds * 1000)} ago`,
  ]
    .filter(Boolean)
    .join(', ');
}

/** NaN, which compares with nothing, where it is not known. */
function ageInSeconds({ sentAt }: ReceivedMessage, now: number): number {
  return sentAt === undefined ? Number.NaN : (now - sentAt) / 1000;
}
