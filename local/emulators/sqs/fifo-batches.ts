import type { FauxqsQueue } from '../fauxqs.ts';
import type { StoredMessage } from '../message-store.ts';

/**
 * Lets one receive take several messages of a message group, and keeps a group in order when it is put back.
 *
 * fauxqs gives out one message of a group at a time and returns a group's messages in reverse.
 *
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/FIFO-queues-understanding-logic.html
 */
export function deliverGroupsInBatches(queue: FauxqsQueue): void {
  if (!queue.isFifo()) {
    return;
  }
  takeWholeGroups(queue);
  keepGroupsInOrder(queue);
}

function takeWholeGroups(queue: FauxqsQueue): void {
  const dequeue = queue.dequeue.bind(queue);
  queue.dequeue = (maxCount, visibilityTimeout, deadLetterQueue) => {
    // Groups whose messages have just become visible again are free.
    queue.processTimers();
    const lockedBefore = new Set(queue.fifoLockedGroups.keys());
    const batch = dequeue(maxCount, visibilityTimeout, deadLetterQueue);
    for (let taken = batch.length; taken > 0 && batch.length < maxCount; ) {
      const mine = new Map([...queue.fifoLockedGroups].filter(([group]) => !lockedBefore.has(group)));
      for (const group of mine.keys()) {
        queue.fifoLockedGroups.delete(group);
      }
      const more = dequeue(maxCount - batch.length, visibilityTimeout, deadLetterQueue);
      for (const [group, count] of mine) {
        queue.fifoLockedGroups.set(group, count + (queue.fifoLockedGroups.get(group) ?? 0));
      }
      batch.push(...more);
      taken = more.length;
    }
    return batch;
  };
}

function keepGroupsInOrder(queue: FauxqsQueue): void {
  const processTimers = queue.processTimers.bind(queue);
  queue.processTimers = () => {
    const inFlight = queue.inflightMessages.size;
    processTimers();
    if (queue.inflightMessages.size !== inFlight) {
      sortGroups(queue);
    }
  };
  const changeVisibility = queue.changeVisibility.bind(queue);
  queue.changeVisibility = (receiptHandle, seconds) => {
    changeVisibility(receiptHandle, seconds);
    if (seconds === 0) {
      sortGroups(queue);
    }
  };
}

function sortGroups(queue: FauxqsQueue): void {
  for (const group of queue.fifoMessages.values()) {
    group.sort(bySequenceNumber);
  }
}

function bySequenceNumber(one: StoredMessage, other: StoredMessage): number {
  return (one.sequenceNumber ?? '').localeCompare(other.sequenceNumber ?? '');
}
