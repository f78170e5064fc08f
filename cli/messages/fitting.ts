import type { OutgoingMessage, Queue } from '../queues/queues.ts';
import { MessageFormatError } from './message-document.ts';

/**
 * A message that its queue can take.
 *
 * @throws MessageFormatError, saying what a queue of that type needs or does not know.
 */
export function fitting<Message extends OutgoingMessage>(queue: Queue, message: Message): Message {
  if (queue.fifo && message.groupId === undefined) {
    throw new MessageFormatError(`${queue.name} is a FIFO queue: a message needs a group (groupId)`);
  }
  if (queue.fifo && message.delaySeconds !== undefined) {
    throw new MessageFormatError(`${queue.name} is a FIFO queue: only the queue as a whole can have a delay`);
  }
  if (!queue.fifo && message.deduplicationId !== undefined) {
    throw new MessageFormatError(
      `${queue.name} is a standard queue: only a FIFO queue knows deduplication ids`,
    );
  }
  return message;
}
