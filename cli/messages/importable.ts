import { randomUUID } from 'node:crypto';
import { withoutReserved } from '../../contracts/dead-letters.ts';
import type { OutgoingMessage, Queue } from '../queues/queues.ts';
import { durationText } from '../terminal/durations.ts';
import { fitting } from './fitting.ts';
import { MessageFormatError, type ParsedMessage } from './message-document.ts';

/** @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/using-messagededuplicationid-property.html */
const deduplicationMs = 5 * 60_000;

export interface ImportOptions {
  readonly newDeduplicationIds: boolean;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** Makes of exported messages what a queue takes; of a FIFO queue's for a standard one, what that knows. */
export function importable(
  queue: Queue,
  { newDeduplicationIds, now }: ImportOptions,
): (message: ParsedMessage) => OutgoingMessage {
  return ({ origin, deduplicationId, ...content }) => {
    const message = { ...content, attributes: withoutReserved(content.attributes) };
    if (!queue.fifo || deduplicationId === undefined) return fitting(queue, message);
    if (newDeduplicationIds) {
      return fitting(queue, { ...message, deduplicationId: `import-${origin.messageId ?? randomUUID()}` });
    }
    const age = origin.sentAt === undefined ? Number.POSITIVE_INFINITY : now - origin.sentAt;
    if (origin.queue === queue.arn && age < deduplicationMs) {
      throw new MessageFormatError(
        `sent to this queue ${durationText(age)} ago: SQS would take it for a duplicate, say that it was sent, and drop it. Wait ${durationText(deduplicationMs - age)}, or say --new-deduplication-ids`,
      );
    }
    return fitting(queue, { ...message, deduplicationId });
  };
}
