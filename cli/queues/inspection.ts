import { type MessageSummary, summaryOf } from './message-summary.ts';
import { maxBatchSize, type Queue, type QueueState, type Queues, type ReceivedMessage } from './queues.ts';

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
 * Long enough to receive the whole sample, short enough that nobody waits for it if the command dies.
 * Not 0: then the same message would come again and again, twice in one answer even.
 */
const hiddenSeconds = 30;

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
  const messages: ReceivedMessage[] = [];
  const notes: string[] = [];
  try {
    await receiveSample(queues, queue, { ...options, visible: state.visible }, messages);
  } finally {
    if (!(await release(queues, queue, messages))) {
      notes.push(
        `The sampled messages stay hidden for up to ${hiddenSeconds} s: they could not be released.`,
      );
    }
  }
  return inspected(state, messages, notes);
}

/** The state alone, without a receive. */
export async function inspectState(queues: Queues, queue: Queue): Promise<Inspection> {
  return inspected(await queues.state(queue), [], []);
}

/** Receives into `messages`, so that whatever happens the caller knows what to release. */
async function receiveSample(
  queues: Queues,
  queue: Queue,
  { sampleSize, signal, visible }: InspectionOptions & { readonly visible: number },
  messages: ReceivedMessage[],
): Promise<void> {
  const seen = new Set<string>();
  while (messages.length < sampleSize && !signal.aborted) {
    const batch = await queues.receive(queue, {
      maxMessages: Math.min(maxBatchSize, sampleSize - messages.length),
      visibilityTimeoutSeconds: hiddenSeconds,
      waitSeconds: 1,
    });
    const fresh = batch.filter(({ id }) => !seen.has(id));
    for (const { id } of fresh) seen.add(id);
    messages.push(...fresh);
    if (fresh.length === 0 || messages.length >= Math.max(visible, 1)) return;
  }
}

async function release(queues: Queues, queue: Queue, messages: readonly ReceivedMessage[]): Promise<boolean> {
  let released = true;
  for (let start = 0; start < messages.length; start += maxBatchSize) {
    await queues.release(queue, messages.slice(start, start + maxBatchSize)).catch(() => {
      released = false;
    });
  }
  return released;
}

function inspected(
  state: QueueState,
  messages: readonly ReceivedMessage[],
  notes: readonly string[],
): Inspection {
  const sample = messages.map(summaryOf).sort((a, b) => (a.sentAt ?? 0) - (b.sentAt ?? 0));
  const counts = new Map<string, number>();
  for (const { type = unknownType } of sample) counts.set(type, (counts.get(type) ?? 0) + 1);
  const types = [...counts].map(([type, count]) => ({ type, count })).sort((a, b) => b.count - a.count);
  const oldestSentAt = sample.find(message => message.sentAt !== undefined)?.sentAt;
  return { state, sample, ...(oldestSentAt !== undefined && { oldestSentAt }), types, notes };
}
