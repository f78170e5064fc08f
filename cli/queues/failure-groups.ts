import { failureReasonOf } from './failure-reason.ts';
import { unknownType } from './inspection.ts';
import { summaryOf } from './message-summary.ts';
import type { ReceivedMessage } from './queues.ts';

/** Messages of a type that failed for the same reason. */
export interface FailureGroup {
  /** With `<n>` for what differs from message to message; none where the messages do not say. */
  readonly reason?: string;
  readonly type: string;
  readonly count: number;
  /** Queues, functions, rules or schedules that gave them up. */
  readonly sources: readonly string[];
  /** Milliseconds since 1970. */
  readonly oldestSentAt?: number;
  /** Milliseconds since 1970. */
  readonly newestSentAt?: number;
  /** When the first of them was received for the first time. Milliseconds since 1970. */
  readonly firstSeenAt?: number;
  readonly fewestReceives: number;
  readonly mostReceives: number;
  /** The oldest: an example of all. */
  readonly sample: ReceivedMessage;
}

/** Sorts messages by why they failed and what they are, the largest group first. */
export function failureGroups(messages: readonly ReceivedMessage[]): readonly FailureGroup[] {
  const groups = Map.groupBy(messages, message =>
    JSON.stringify([reasonWithoutIds(message) ?? null, summaryOf(message).type ?? unknownType]),
  );
  return [...groups.values()]
    .map(groupOf)
    .sort((a, b) => b.count - a.count || (a.oldestSentAt ?? 0) - (b.oldestSentAt ?? 0));
}

function groupOf(messages: readonly ReceivedMessage[]): FailureGroup {
  const [sample] = [...messages].sort((a, b) => (a.sentAt ?? 0) - (b.sentAt ?? 0));
  if (!sample) throw new Error('A group has a message');
  const sent = times(messages.map(({ sentAt }) => sentAt));
  const seen = times(messages.map(({ firstReceivedAt }) => firstReceivedAt));
  const receives = messages.map(({ receiveCount }) => receiveCount);
  const reason = reasonWithoutIds(sample);
  return {
    ...(reason !== undefined && { reason }),
    type: summaryOf(sample).type ?? unknownType,
    count: messages.length,
    sources: [...new Set(messages.map(sourceOf).filter(source => source !== undefined))].sort(),
    ...(sent.length > 0 && { oldestSentAt: least(sent), newestSentAt: most(sent) }),
    ...(seen.length > 0 && { firstSeenAt: least(seen) }),
    fewestReceives: least(receives),
    mostReceives: most(receives),
    sample,
  };
}

/** `Order 17 not found` and `Order 18 not found` are one reason. */
function reasonWithoutIds(message: ReceivedMessage): string | undefined {
  return failureReasonOf(message)
    ?.reason.replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/gi, '<id>')
    .replace(/\d+/g, '<n>');
}

function sourceOf(message: ReceivedMessage): string | undefined {
  return failureReasonOf(message)?.source ?? message.deadLetterSourceArn;
}

function times(values: readonly (number | undefined)[]): readonly number[] {
  return values.filter(value => value !== undefined);
}

/** Without spreading into arguments, of which there may not be as many as there are messages. */
function least(values: readonly number[]): number {
  return values.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
}

function most(values: readonly number[]): number {
  return values.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
}
