import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { correlationIdAttribute, type ReplyAddress } from '../../contracts/replies.ts';
import { jobClientSettings, reach } from '../aws/dependency.ts';
import { errorFrom, PermanentFailure } from '../failures.ts';

/** A request asks for its reply to be sent where no reply queue can be. */
export class ForeignReplyQueueError extends PermanentFailure {
  override readonly name = 'ForeignReplyQueueError';
}

/** Where one reply goes to. */
export interface ReplyWay {
  /**
   * @returns `orphaned` when the queue is gone, and so is who made it.
   * @throws DependencyDownError
   */
  send(reply: object): Promise<'sent' | 'orphaned'>;
}

/** Sends replies to whoever asked. */
export interface ReplySender {
  /** @throws ForeignReplyQueueError */
  to(address: ReplyAddress): ReplyWay;
}

/** How SQS says that there is no such queue: the code of today's protocol, and that of the older one. */
const goneNames = new Set(['QueueDoesNotExist', 'AWS.SimpleQueueService.NonExistentQueue']);

/** Sends replies to queues on SQS whose URL begins as that of every reply queue does, and to no other. */
export class SqsReplySender implements ReplySender {
  readonly #client: SQSClient;
  readonly #urlPrefix: string;

  constructor(urlPrefix: string) {
    this.#urlPrefix = urlPrefix;
    // The queues' own host, which the SDK would use with a warning at every call otherwise.
    this.#client = new SQSClient({ ...jobClientSettings, endpoint: new URL(urlPrefix).origin });
  }

  to({ queue_url, correlation_id }: ReplyAddress): ReplyWay {
    const name = queue_url.slice(this.#urlPrefix.length);
    if (!queue_url.startsWith(this.#urlPrefix) || !/^[\w-]+$/.test(name)) {
      throw new ForeignReplyQueueError(
        `The reply is asked for at ${queue_url}; replies are sent to ${this.#urlPrefix}… only.`,
      );
    }
    return { send: reply => this.#send(queue_url, correlation_id, reply) };
  }

  close(): void {
    this.#client.destroy();
  }

  async #send(queueUrl: string, correlationId: string, reply: object): Promise<'sent' | 'orphaned'> {
    try {
      await reach(
        'SQS',
        this.#client.send(
          new SendMessageCommand({
            QueueUrl: queueUrl,
            MessageBody: JSON.stringify(reply),
            MessageAttributes: {
              [correlationIdAttribute]: { DataType: 'String', StringValue: correlationId },
            },
          }),
        ),
      );
      return 'sent';
    } catch (error) {
      if (goneNames.has(errorFrom(error).name)) return 'orphaned';
      throw error;
    }
  }
}
