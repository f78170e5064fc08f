import { type MessageContent, maxBatchSize } from '../queues/queues.ts';

/**
 * What a batch may hold in all. SQS takes 1 MiB by now, a queue whose limit is older 256 KiB: the
 * smaller one costs a request more where messages are large, and never fails.
 *
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessageBatch.html
 */
export const maxBatchBytes = 262_144;

/** Splits messages into batches, in order; one that is larger than a batch goes alone. */
export function batchesBySize<Message extends MessageContent>(messages: readonly Message[]): Message[][] {
  const batches: Message[][] = [];
  let bytes = 0;
  for (const message of messages) {
    const size = bytesOf(message);
    const batch = batches.at(-1);
    if (!batch || batch.length === maxBatchSize || bytes + size > maxBatchBytes) {
      batches.push([message]);
      bytes = size;
    } else {
      batch.push(message);
      bytes += size;
    }
  }
  return batches;
}

/** Body, and name, type and value of each attribute, as SQS counts. */
export function bytesOf({ body, attributes }: MessageContent): number {
  return Object.entries(attributes).reduce(
    (sum, [name, { dataType, value }]) => sum + Buffer.byteLength(name + dataType) + Buffer.byteLength(value),
    Buffer.byteLength(body),
  );
}
