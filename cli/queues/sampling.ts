import { type HeldMessage, maxBatchSize, type Queue, type Queues, type ReceivedMessage } from './queues.ts';

export interface SampleOptions {
  /** Messages to look at. */
  readonly size: number;
  /** About how many there are: where all of them have been seen, nobody waits for more. */
  readonly visible: number;
  readonly signal: AbortSignal;
  /** @default 30 */
  readonly hiddenSeconds?: number;
}

export interface Sample {
  readonly messages: readonly ReceivedMessage[];
  /** False where some stay hidden until their time is up. */
  readonly released: boolean;
}

/**
 * Long enough to receive a sample, short enough that nobody waits for it if the command dies. Not 0:
 * then the same message would come again and again, twice in one answer even.
 */
export const sampleHiddenSeconds = 30;

/**
 * Looks at messages: they are received and shown to others again at once. What stays of it is one receive
 * more on the count of each; SQS has no way of looking that does not count.
 */
export async function sample(queues: Queues, queue: Queue, options: SampleOptions): Promise<Sample> {
  const messages: ReceivedMessage[] = [];
  let released = false;
  try {
    await receiveInto(messages, queues, queue, options);
  } finally {
    // Whatever happened, what was received is shown again.
    released = await release(queues, queue, messages);
  }
  return { messages, released };
}

/** Shows messages to others again, in batches. */
export async function release(
  queues: Queues,
  queue: Queue,
  messages: readonly HeldMessage[],
): Promise<boolean> {
  let released = true;
  for (let start = 0; start < messages.length; start += maxBatchSize) {
    await queues.release(queue, messages.slice(start, start + maxBatchSize)).catch(() => {
      released = false;
    });
  }
  return released;
}

async function receiveInto(
  messages: ReceivedMessage[],
  queues: Queues,
  queue: Queue,
  { size, visible, signal, hiddenSeconds = sampleHiddenSeconds }: SampleOptions,
): Promise<void> {
  const seen = new Set<string>();
  while (messages.length < size && !signal.aborted) {
    const batch = await queues.receive(queue, {
      maxMessages: Math.min(maxBatchSize, size - messages.length),
      visibilityTimeoutSeconds: hiddenSeconds,
      waitSeconds: 1,
    });
    const fresh = batch.filter(({ id }) => !seen.has(id));
    for (const { id } of fresh) seen.add(id);
    messages.push(...fresh);
    if (fresh.length === 0 || messages.length >= Math.max(visible, 1)) return;
  }
}
