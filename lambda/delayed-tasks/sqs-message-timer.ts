import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { reach } from '../shared/dependency.ts';
import type { MessageTimer } from './task-schedule.ts';

/** A FIFO queue delays all its messages alike: it has no timers of their own. */
export class NoMessageTimerError extends Error {
  override readonly name = 'NoMessageTimerError';
}

/**
 * Timers of messages on SQS: each stays hidden for as long as it says itself.
 *
 * @throws NoMessageTimerError where the queue is FIFO.
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-message-timers.html
 */
export class SqsMessageTimer implements MessageTimer {
  readonly #sqs: Pick<SQSClient, 'send'>;
  readonly #queueUrl: string;

  constructor(sqs: Pick<SQSClient, 'send'>, queueUrl: string) {
    if (queueUrl.endsWith('.fifo')) {
      throw new NoMessageTimerError(
        `${queueUrl} is a FIFO queue: a message of it cannot have a delay of its own. ` +
          'Use a standard queue, or the delay of the queue for all messages alike.',
      );
    }
    this.#sqs = sqs;
    this.#queueUrl = queueUrl;
  }

  /** @throws DependencyDownError when SQS cannot be reached or cannot take the message now. */
  async send(body: string, delaySeconds?: number): Promise<void> {
    const command = new SendMessageCommand({
      QueueUrl: this.#queueUrl,
      MessageBody: body,
      ...(delaySeconds !== undefined && { DelaySeconds: delaySeconds }),
    });
    await reach('SQS', this.#sqs.send(command));
  }
}
