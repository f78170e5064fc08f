import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { EncodedEvent } from '../../contracts/events.ts';
import { maxQueueMessageBytes } from '../../contracts/message-sizes.ts';
import type { ClaimCheck } from './claim-check.ts';
import { reach } from './dependency.ts';
import { fitted } from './outgoing-message.ts';

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
  async send({ body, attributes = {}, groupId }: QueueMessage): Promise<void> {
    const { sqs, queueUrl, claimCheck } = this.#options;
    const message = await fitted(
      'The message',
      { body, attributes },
      { service: 'SQS', maxBytes: maxQueueMessageBytes, claimCheck },
    );
    const command = new SendMessageCommand({
      QueueUrl: queueUrl,
      MessageBody: message.body,
      ...(groupId !== undefined && { MessageGroupId: groupId }),
      MessageAttributes: message.attributes,
    });
    await reach('SQS', sqs.send(command));
  }
}
