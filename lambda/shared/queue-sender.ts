import { SendMessageBatchCommand, SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { EncodedEvent } from '../../contracts/events.ts';
import { maxQueueMessageBytes } from '../../contracts/message-sizes.ts';
import type { ClaimCheck } from './claim-check.ts';
import { reach } from './dependency.ts';
import { DependencyDownError } from './failures.ts';
import { fitted, messageBytes, type OutgoingMessage } from './outgoing-message.ts';

export interface QueueSenderOptions {
  readonly sqs: Pick<SQSClient, 'send'>;
  readonly queueUrl: string;

  /**
   * Where the bodies of messages go that are larger than the queue takes. Its consumer needs one too.
   *
   * @default - a message that is too large is refused
   */
  readonly claimCheck?: Pick<ClaimCheck, 'deposit'>;
}

/** A message for a queue: its JSON, and what attributes and group it has beside it. */
export type QueueMessage = Pick<EncodedEvent, 'body'> & Partial<EncodedEvent>;

/** Calls under way at once: SQS takes thousands a second, a function has few connections. */
const callsAtOnce = 8;

/** Most messages in one call. */
const maxBatchLength = 10;

/** Sends messages to a queue. */
export class QueueSender {
  readonly #options: QueueSenderOptions;

  constructor(options: QueueSenderOptions) {
    this.#options = options;
  }

  /**
   * @throws EventTooLargeError before anything is sent.
   * @throws DependencyDownError when SQS cannot be reached or cannot take the message now, or S3 its body.
   */
  async send(message: QueueMessage): Promise<void> {
    const { sqs, queueUrl } = this.#options;
    const { entry } = await this.#entryOf(message);
    await reach('SQS', sqs.send(new SendMessageCommand({ QueueUrl: queueUrl, ...entry })));
  }

  /**
   * Sends many messages, in as few calls as they fit into, some calls side by side: in no order.
   *
   * @throws as {@link send}; then some of the messages may have been sent, and to try again sends those twice.
   */
  async sendAll(messages: readonly QueueMessage[]): Promise<void> {
    const batches = inBatches(await Promise.all(messages.map(message => this.#entryOf(message))));
    const sendRest = async (): Promise<void> => {
      for (let batch = batches.pop(); batch; batch = batches.pop()) await this.#sendBatch(batch);
    };
    const ends = await Promise.allSettled(
      Array.from({ length: callsAtOnce }, () =>
        sendRest().catch(error => {
          // The others stop too: whoever tries again sends all of it.
          batches.length = 0;
          throw error;
        }),
      ),
    );
    const failure = ends.find(({ status }) => status === 'rejected');
    if (failure?.status === 'rejected') throw failure.reason;
  }

  async #entryOf({ body, attributes = {}, groupId }: QueueMessage): Promise<SizedEntry> {
    const message = await fitted(
      'The message',
      { body, attributes },
      { service: 'SQS', maxBytes: maxQueueMessageBytes, claimCheck: this.#options.claimCheck },
    );
    return { entry: entryOf(message, groupId), bytes: messageBytes(message) };
  }

  async #sendBatch(batch: readonly SizedEntry[]): Promise<void> {
    const { sqs, queueUrl } = this.#options;
    const { Failed: failed = [] } = await reach(
      'SQS',
      sqs.send(
        new SendMessageBatchCommand({
          QueueUrl: queueUrl,
          Entries: batch.map(({ entry }, index) => ({ Id: String(index), ...entry })),
        }),
      ),
    );
    const [first] = failed;
    if (first === undefined) return;
    const fault = `SQS did not take ${failed.length} of ${batch.length} messages: ${first.Code}: ${first.Message}.`;
    // A key that is asked too often counts as a fault of the sender, and passes all the same.
    throw first.SenderFault && !/Throttl/.test(first.Code ?? '')
      ? new Error(`${fault} Compare them with what the queue takes.`)
      : new DependencyDownError(`${fault} It is safe to try again.`);
  }
}

interface SizedEntry {
  readonly entry: ReturnType<typeof entryOf>;
  readonly bytes: number;
}

function entryOf({ body, attributes }: OutgoingMessage, groupId: string | undefined) {
  return {
    MessageBody: body,
    ...(groupId !== undefined && { MessageGroupId: groupId }),
    MessageAttributes: attributes,
  };
}

/** Batches that SQS takes: all messages of one together are no larger than one alone may be. */
function inBatches(entries: readonly SizedEntry[]): SizedEntry[][] {
  const batches: SizedEntry[][] = [];
  let bytes = 0;
  for (const entry of entries) {
    const last = batches.at(-1);
    if (last && last.length < maxBatchLength && bytes + entry.bytes <= maxQueueMessageBytes) {
      last.push(entry);
      bytes += entry.bytes;
    } else {
      batches.push([entry]);
      bytes = entry.bytes;
    }
  }
  return batches;
}
