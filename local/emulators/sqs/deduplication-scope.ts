import type { FauxqsQueue } from '../fauxqs.ts';
import type { StoredMessage } from '../message-store.ts';

/** How long SQS remembers a deduplication id. */
const WINDOW_MS = 5 * 60 * 1000;

/**
 * Tells duplicates apart within their message group, for queues whose deduplication scope is the group.
 *
 * fauxqs knows one scope, the queue, and would drop equal messages of different groups.
 *
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/high-throughput-fifo.html
 */
export function deduplicateWithinGroups(queue: FauxqsQueue): void {
  if (queue.attributes.DeduplicationScope !== 'messageGroup') {
    return;
  }
  const seen = new Map<string, number>();
  queue.checkDeduplication = () => ({ isDuplicate: false });
  const enqueue = queue.enqueue.bind(queue);
  queue.enqueue = message => {
    if (isNew(message) && isSeen(message, seen)) {
      return;
    }
    enqueue(message);
  };
}

/** Neither dead-lettered nor moved back: sent by a producer. */
function isNew(message: StoredMessage): boolean {
  return message.approximateReceiveCount === 0 && message.isMoved !== true;
}

function isSeen(message: StoredMessage, seen: Map<string, number>): boolean {
  const now = Date.now();
  for (const [id, at] of seen) {
    if (at > now - WINDOW_MS) {
      break;
    }
    seen.delete(id);
  }
  const id = JSON.stringify([message.messageGroupId, message.messageDeduplicationId]);
  if (seen.has(id)) {
    return true;
  }
  seen.set(id, now);
  return false;
}
