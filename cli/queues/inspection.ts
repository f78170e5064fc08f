import { type MessageSummary, summaryOf } from './message-summary.ts';
import type { Queue, QueueState, Queues, ReceivedMessage } from './queues.ts';
import { sample, sampleHiddenSeconds } from './sampling.ts';

/** What is in a DLQ, as far as it was looked at. */
export interface Inspection {
  readonly state: QueueState;
  readonly sample: readonly MessageSummary[];
  /** When the oldest message of the sample was sent. SQS itself does not tell. Milliseconds since 1970. */
  readonly oldestSentAt?: number;
  /** Messages of the sample by type, most frequent first. */
  readonly types: readonly { readonly type: string; readonly count: number }[];
  /** Why there is no sample, or what was left behind by taking it. */
  readonly notes: readonly string[];
}

export interface InspectionOptions {
  /** Messages to look at, 0 to 100. */
  readonly sampleSize: number;
  readonly signal: AbortSignal;
}

/** Messages without a type are counted under this one. */
export const unknownType = '(none)';

/**
 * Looks at a queue without consuming: messages are received and shown to others again at once. What
 * stays of it is one receive more on the count of each message seen.
 */
export async function inspect(queues: Queues, queue: Queue, options: InspectionOptions): Promise<Inspection> {
  const state = await queues.state(queue);
  if (options.sampleSize > 0 && state.deadLetterQueueArn) {
    return inspected(
      state,
      [],
      [`Not sampled: the queue has a DLQ of its own, to which a message might go for being looked at.`],
    );
  }
  const { messages, released } = await sample(queues, queue, {
    size: options.sampleSize,
    visible: state.visible,
    signal: options.signal,
  });
  const notes = released
    ? []
    : [`The sampled messages stay hidden for up to ${sampleHiddenSeconds} s: they could not be released.`];
  return inspected(state, messages, notes);
}

/** The state alone, without a receive. */
export async function inspectState(queues: Queues, queue: Queue): Promise<Inspection> {
  return inspected(await queues.state(queue), [], []);
}

function inspected(
  state: QueueState,
  messages: readonly ReceivedMessage[],
  notes: readonly string[],
): Inspection {
  const summaries = messages.map(summaryOf).sort((a, b) => (a.sentAt ?? 0) - (b.sentAt ?? 0));
  const counts = new Map<string, number>();
  for (const { type = unknownType } of summaries) counts.set(type, (counts.get(type) ?? 0) + 1);
  const types = [...counts].map(([type, count]) => ({ type, count })).sort((a, b) => b.count - a.count);
  const oldestSentAt = summaries.find(message => message.sentAt !== undefined)?.sentAt;
  return { state, sample: summaries, ...(oldestSentAt !== undefined && { oldestSentAt }), types, notes };
}
