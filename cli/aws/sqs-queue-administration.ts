import {
  CreateQueueCommand,
  DeleteQueueCommand,
  GetQueueAttributesCommand,
  ListQueueTagsCommand,
  PurgeQueueCommand,
  paginateListQueues,
  type QueueAttributeName,
} from '@aws-sdk/client-sqs';
import { CommandFailure } from '../command-errors.ts';
import type { ListedQueue, NewQueue, QueueAdministration } from '../queues/queue-administration.ts';
import type { Queue } from '../queues/queues.ts';
import { explain, request } from './aws-faults.ts';
import { type AwsConnection, given } from './connection.ts';
import { permissions } from './permissions.ts';
import { nameInUrl, queueOf } from './queue-identity.ts';

const pageSize = 1000;

/** Queues of SQS as such, or of whatever speaks its protocol. */
export class SqsQueueAdministration implements QueueAdministration {
  readonly #aws: AwsConnection;

  constructor(aws: AwsConnection) {
    this.#aws = aws;
  }

  async create({ name, attributes, tags }: NewQueue): Promise<Queue> {
    const sqs = this.#aws.sqs();
    try {
      const { QueueUrl } = await sqs.send(
        new CreateQueueCommand({ QueueName: name, Attributes: attributes, tags }),
      );
      const url = given(QueueUrl, 'QueueUrl');
      const { Attributes } = await sqs.send(
        new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ['QueueArn'] }),
      );
      return queueOf(url, given(Attributes?.QueueArn, 'QueueArn'));
    } catch (fault) {
      throw (
        creationFault(fault, name) ?? explain(fault, this.#about('CreateQueue', name, permissions.create))
      );
    }
  }

  async attributes({ name, url, region }: ListedQueue): Promise<Readonly<Record<string, string>>> {
    const { Attributes = {} } = await request(
      this.#about('GetQueueAttributes', name, permissions.state),
      this.#aws.sqs(region).send(new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ['All'] })),
    );
    return Attributes as Partial<Record<QueueAttributeName, string>> as Record<string, string>;
  }

  async tags({ name, url, region }: Queue): Promise<Readonly<Record<string, string>>> {
    const { Tags = {} } = await request(
      this.#about('ListQueueTags', name, permissions.tags),
      this.#aws.sqs(region).send(new ListQueueTagsCommand({ QueueUrl: url })),
    );
    return Tags;
  }

  async list(prefix?: string): Promise<readonly ListedQueue[]> {
    const found: ListedQueue[] = [];
    const pages = paginateListQueues(
      { client: this.#aws.sqs(), pageSize },
      prefix ? { QueueNamePrefix: prefix } : {},
    );
    await request(
      this.#about('ListQueues', 'the region', permissions.list),
      (async () => {
        for await (const { QueueUrls = [] } of pages) found.push(...QueueUrls.map(listed));
      })(),
    );
    return found;
  }

  async purge({ name, url, region }: Queue): Promise<void> {
    try {
      await this.#aws.sqs(region).send(new PurgeQueueCommand({ QueueUrl: url }));
    } catch (fault) {
      if (fault instanceof Error && /PurgeQueueInProgress/.test(fault.name)) {
        throw new CommandFailure(
          `${name} was purged less than 60 seconds ago, and SQS takes one purge a minute. ` +
            'Wait a minute; what that purge has not reached by then can be purged again.',
          { cause: fault },
        );
      }
      throw explain(fault, this.#about('PurgeQueue', name, permissions.purge));
    }
  }

  async remove({ name, url, region }: Queue): Promise<void> {
    await request(
      this.#about('DeleteQueue', name, permissions.remove),
      this.#aws.sqs(region).send(new DeleteQueueCommand({ QueueUrl: url })),
    );
  }

  #about(action: string, on: string, needed: readonly string[]) {
    return { action, on, permissions: needed, endpoint: this.#aws.endpoint('SQS') };
  }
}

function listed(url: string): ListedQueue {
  const name = nameInUrl(url);
  return { name, url, fifo: name.endsWith('.fifo') };
}

function creationFault(fault: unknown, name: string): CommandFailure | undefined {
  const code = fault instanceof Error ? fault.name : '';
  if (/QueueDeletedRecently/.test(code)) {
    return new CommandFailure(
      `A queue ${name} was deleted less than 60 seconds ago, and SQS keeps its name for so long. Wait a minute.`,
      { cause: fault },
    );
  }
  if (/QueueNameExists|QueueAlreadyExists/.test(code)) {
    return new CommandFailure(
      `There is a queue ${name} already, with other settings: ${(fault as Error).message}\nSee them with \`queue attributes ${name}\`, or choose another name.`,
      { cause: fault },
    );
  }
  return undefined;
}
