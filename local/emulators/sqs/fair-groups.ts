import type { FauxqsQueue } from '../fauxqs.ts';
import type { StoredMessage } from '../message-store.ts';

/** A group is noisy with more than this share of what is in flight, and at least so many messages. */
const NOISY_SHARE = 0.1;
/** SQS wants 30, which few consumers on one machine have in flight: see known-limits.ts. */
const NOISY_MESSAGES = 10;

/**
 * The message groups that hold up the others, with how many messages each has in flight.
 *
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-fair-queues-detailed.html
 */
export function noisyGroups(inFlight: Iterable<StoredMessage>): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  let total = 0;
  for (const { messageGroupId: group } of inFlight) {
    total += 1;
    if (group !== undefined) {
      counts.set(group, (counts.get(group) ?? 0) + 1);
    }
  }
  return new Map([...counts].filter(([, count]) => count >= NOISY_MESSAGES && count > total * NOISY_SHARE));
}

/**
 * Lets messages of quiet groups, and those without a group, overtake those of noisy groups, and among these
 * the ones of the group with the fewest in flight.
 */
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
      const next = nextInFairness(queue.messages, noisy, maxCount);
      queue.messages = [...next, ...queue.messages.filter(message => !next.has(message))];
    }
    return dequeue(maxCount, visibilityTimeout, deadLetterQueue);
  };
}

/** The messages to deliver next, no more than so many; those of one group in their order. */
function nextInFairness(
  messages: readonly StoredMessage[],
  noisy: ReadonlyMap<string, number>,
  count: number,
): ReadonlySet<StoredMessage> {
  const inFlightOf = ({ messageGroupId: group }: StoredMessage) => noisy.get(group ?? '') ?? 0;
  const ranks = Map.groupBy(messages, inFlightOf);
  const inRank = [...ranks.keys()].sort((one, other) => one - other).flatMap(rank => ranks.get(rank) ?? []);
  return new Set(inRank.slice(0, count));
}
