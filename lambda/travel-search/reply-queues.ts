import {
  DeleteQueueCommand,
  GetQueueAttributesCommand,
  ListQueuesCommand,
  ListQueueTagsCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { replyQueueTags } from '../../contracts/replies.ts';
import { clientSettings } from '../shared/client-settings.ts';
import { reach } from '../shared/dependency.ts';
import { errorFrom } from '../shared/failures.ts';
import type { ReplyQueueSigns } from './domain/orphan.ts';

/** A reply queue as it was found. */
export interface FoundReplyQueue extends ReplyQueueSigns {
  /** Who made it, where it says so. */
  readonly owner: string | undefined;
}

/** The reply queues that there are. */
export interface ReplyQueues {
  urls(): AsyncIterable<string>;
  /** @returns undefined where the queue is gone. */
  look(url: string): Promise<FoundReplyQueue | undefined>;
  delete(url: string): Promise<void>;
}

/** How SQS says that there is no such queue: the code of today's protocol, and that of the older one. */
const goneNames = new Set(['QueueDoesNotExist', 'AWS.SimpleQueueService.NonExistentQueue']);

/** The queues on SQS whose names begin with a prefix. */
export class SqsReplyQueues implements ReplyQueues {
  readonly #client: SQSClient;
  readonly #prefix: string;

  constructor(prefix: string, client = new SQSClient(clientSettings)) {
    this.#client = client;
    this.#prefix = prefix;
  }

  async *urls(): AsyncIterable<string> {
    let next: string | undefined;
    do {
      const { QueueUrls = [], NextToken } = await reach(
        'SQS',
        this.#client.send(
          new ListQueuesCommand({ QueueNamePrefix: this.#prefix, MaxResults: 1_000, NextToken: next }),
        ),
      );
      yield* QueueUrls;
      next = NextToken;
    } while (next !== undefined);
  }

  async look(url: string): Promise<FoundReplyQueue | undefined> {
    try {
      const [{ Attributes = {} }, { Tags = {} }] = await Promise.all([
        reach(
          'SQS',
          this.#client.send(
            new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ['CreatedTimestamp'] }),
          ),
        ),
        reach('SQS', this.#client.send(new ListQueueTagsCommand({ QueueUrl: url }))),
      ]);
      return {
        createdAt: new Date(Number(Attributes.CreatedTimestamp) * 1_000),
        aliveAt: dateOf(Tags[replyQueueTags.aliveAt]),
        owner: Tags[replyQueueTags.owner],
      };
    } catch (error) {
      // Lists go on naming a queue for a minute after it was deleted.
      if (goneNames.has(errorFrom(error).name)) return undefined;
      throw error;
    }
  }

  async delete(url: string): Promise<void> {
    try {
      await reach('SQS', this.#client.send(new DeleteQueueCommand({ QueueUrl: url })));
    } catch (error) {
      if (!goneNames.has(errorFrom(error).name)) throw error;
    }
  }
}

function dateOf(text: string | undefined): Date | undefined {
  const date = new Date(text ?? Number.NaN);
  return Number.isNaN(date.getTime()) ? undefined : date;
}
