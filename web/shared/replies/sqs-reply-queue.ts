import { randomUUID } from 'node:crypto';
import {
  CreateQueueCommand,
  DeleteMessageBatchCommand,
  DeleteQueueCommand,
  ReceiveMessageCommand,
  SQSClient,
  TagQueueCommand,
} from '@aws-sdk/client-sqs';
import { correlationIdAttribute, replyQueueTags, replyRetentionSeconds } from '../../../contracts/replies.ts';
import { clientSettings, reach } from '../dependency.ts';
import { errorFrom } from '../failures.ts';
import {
  type ReceivedReply,
  type ReplyQueue,
  ReplyQueueGoneError,
  type ReplyQueueMaker,
} from './reply-queue.ts';
import { replyQueuePolicy } from './reply-queue-policy.ts';

/** Longest that SQS lets a receive call wait. */
const longPollSeconds = 20;

/** A reply that was received and not deleted comes again after this long; handing it over takes no time. */
const visibilitySeconds = 30;

/** How SQS says that there is no such queue: the code of today's protocol, and that of the older one. */
const goneNames = new Set(['QueueDoesNotExist', 'AWS.SimpleQueueService.NonExistentQueue']);

export interface SqsReplyQueuesOptions {
  readonly region: string;
  /** What URL and ARN of every reply queue begin with; the same name follows in both. */
  readonly urlPrefix: string;
  readonly arnPrefix: string;
  readonly ownerRoleArn: string;
  readonly replierRoleArn: string;
  /** Who makes them, for people: the name of this host. */
  readonly owner: string;
  /** Further tags. */
  readonly tags: Readonly<Record<string, string>>;
  /**
   * Pause after a queue was made: SQS asks for a second before it is used.
   *
   * @default 1_000
   * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_CreateQueue.html
   */
  readonly settleMs?: number;
}

/** Makes reply queues on SQS, each with a name that was never used before: a deleted one's is not free at once. */
export class SqsReplyQueues implements ReplyQueueMaker {
  readonly #options: SqsReplyQueuesOptions;
  readonly #client: SQSClient;
  readonly #receiving: SQSClient;

  constructor(options: SqsReplyQueuesOptions) {
    this.#options = options;
    const settings = {
      ...clientSettings,
      region: options.region,
      // The queues' own host, which the SDK would use with a warning at every call otherwise.
      endpoint: new URL(options.urlPrefix).origin,
    };
    this.#client = new SQSClient(settings);
    // Does not retry: who polls does, with pauses that stopping cuts short.
    this.#receiving = new SQSClient({ ...settings, maxAttempts: 1 });
  }

  async make(): Promise<ReplyQueue> {
    const { urlPrefix, arnPrefix, owner, tags, settleMs = 1_000 } = this.#options;
    const id = randomUUID();
    const url = urlPrefix + id;
    const queueArn = arnPrefix + id;
    const now = new Date().toISOString();
    await reach(
      'SQS',
      this.#client.send(
        new CreateQueueCommand({
          QueueName: url.slice(url.lastIndexOf('/') + 1),
          Attributes: {
            MessageRetentionPeriod: String(replyRetentionSeconds),
            ReceiveMessageWaitTimeSeconds: String(longPollSeconds),
            VisibilityTimeout: String(visibilitySeconds),
            SqsManagedSseEnabled: 'true',
            Policy: JSON.stringify(replyQueuePolicy({ ...this.#options, queueArn })),
          },
          tags: {
            ...tags,
            [replyQueueTags.owner]: owner,
            [replyQueueTags.createdAt]: now,
            [replyQueueTags.aliveAt]: now,
          },
        }),
      ),
    );
    await new Promise(resolve => setTimeout(resolve, settleMs));
    return new SqsReplyQueue(url, this.#client, this.#receiving);
  }

  close(): void {
    this.#client.destroy();
    this.#receiving.destroy();
  }
}

/** A reply queue on SQS. */
class SqsReplyQueue implements ReplyQueue {
  readonly url: string;
  readonly #client: SQSClient;
  readonly #receiving: SQSClient;

  constructor(url: string, client: SQSClient, receiving: SQSClient) {
    this.url = url;
    this.#client = client;
    this.#receiving = receiving;
  }

  async receive(signal: AbortSignal): Promise<readonly ReceivedReply[]> {
    const { Messages = [] } = await this.#reach(
      this.#receiving.send(
        new ReceiveMessageCommand({
          QueueUrl: this.url,
          MaxNumberOfMessages: 10,
          WaitTimeSeconds: longPollSeconds,
          MessageAttributeNames: [correlationIdAttribute],
        }),
        { abortSignal: signal, requestTimeout: (longPollSeconds + 5) * 1_000 },
      ),
    );
    return Messages.map(({ ReceiptHandle = '', Body = '', MessageAttributes = {} }) => ({
      receiptHandle: ReceiptHandle,
      body: Body,
      correlationId: MessageAttributes[correlationIdAttribute]?.StringValue,
    }));
  }

  /** What is not deleted comes again, and is dropped as a duplicate. */
  async delete(replies: readonly ReceivedReply[]): Promise<void> {
    await this.#reach(
      this.#client.send(
        new DeleteMessageBatchCommand({
          QueueUrl: this.url,
          Entries: replies.map(({ receiptHandle }, index) => ({
            Id: String(index),
            ReceiptHandle: receiptHandle,
          })),
        }),
      ),
    );
  }

  async signOfLife(): Promise<void> {
    await this.#reach(
      this.#client.send(
        new TagQueueCommand({
          QueueUrl: this.url,
          Tags: { [replyQueueTags.aliveAt]: new Date().toISOString() },
        }),
      ),
    );
  }

  async remove(): Promise<void> {
    try {
      await this.#reach(this.#client.send(new DeleteQueueCommand({ QueueUrl: this.url })));
    } catch (error) {
      if (!(error instanceof ReplyQueueGoneError)) throw error;
    }
  }

  async #reach<Answer>(call: Promise<Answer>): Promise<Answer> {
    try {
      return await reach('SQS', call);
    } catch (thrown) {
      const error = errorFrom(thrown);
      if (!goneNames.has(error.name)) throw error;
      throw new ReplyQueueGoneError(`The reply queue ${this.url} is gone.`, { cause: error });
    }
  }
}
