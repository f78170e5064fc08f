import type { FauxqsQueue } from '../fauxqs.ts';
import type { StoredMessage } from '../message-store.ts';

/** A group is noisy with more than this share of what is in flight, and at least so many messages. */
const NOISY_SHARE = 0.1;
/** SQS wants 30, which few consumers on one machine have in flight: see known-limits.ts. */
const NOISY_MESSAGES = 10;

/**
 * The message groups that hold up the others.
 *
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-fair-queues-detailed.html
 */
export function noisyGroups(inFlight: Iterable<StoredMessage>): ReadonlySet<string> {
  const counts = new Map<string, number>();
  let total = 0;
  for (const { messageGroupId: group } of inFlight) {
    total += 1;
    if (group !== undefined) {
      counts.set(group, (counts.get(group) ?? 0) + 1);
    }
  }
  const noisy = [...counts].filter(([, count]) => count >= NOISY_MESSAGES && count > total * NOISY_SHARE);
  return new Set(noisy.map(([group]) => group));
}

/** Lets messages of quiet groups, and those without a group, overtake those of noisy groups. */
export function deliverGroupsFairly(queue: FauxqsQueue): void {
  if (queue.isFifo()) {
    return;
  }
  const dequeue = queue.dequeue.bind(queue);
  queue.dequeue = (maxCount, visibilityTimeout, deadLetterQueue) => {
    // What has become visible again is no longer in flight.
    queue.processTimers();
    const noisy = noisyGroups([...queue.inflightMessages.values()].map(({ message }) => message));
    if (noisy.size > 0) {
      queue.messages = withQuietFirst(queue.messages, noisy, maxCount);
    }
    return dequeue(maxCount, visibilityTimeout, deadLetterQueue);
  };
}

/** The first messages of quiet groups before all others, each in their order. */
function withQuietFirst(
  messages: readonly StoredMessage[],
  noisy: ReadonlySet<string>,
  count: number,
): StoredMessage[] {
  const quiet: StoredMessage[] = [];
  const others: StoredMessage[] = [];
  for (const message of messages) {
    const isNoisy = message.messageGroupId !== undefined && noisy.has(message.messageGroupId);
    (isNoisy || quiet.length >= count ? others : quiet).push(message);
  }
  return [...quiet, ...others];
}
