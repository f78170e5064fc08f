import { randomUUID } from 'node:crypto';
import { AwsError } from '../aws-error.ts';
import type { StoredTopic, TopicStore } from '../message-store.ts';
import { escapeXml, type WireAction } from '../wire-protocol.ts';
import type { FanOut } from './fan-out.ts';
import { accepted, type Publication, readPublication } from './publication.ts';
import { type Published, PublishedIds } from './published-ids.ts';

const BATCH_LIMIT = 10;

/** Publish and PublishBatch: what they take and answer; what happens then is {@link FanOut}'s. */
export class Publisher {
  readonly #topics: TopicStore;
  readonly #fanOut: FanOut;
  readonly #published = new PublishedIds();

  constructor(topics: TopicStore, fanOut: FanOut) {
    this.#topics = topics;
    this.#fanOut = fanOut;
  }

  readonly publish: WireAction = ({ parameters }) => {
    const topic = this.#topic(parameters.TopicArn);
    return published(this.#send(topic, readPublication(parameters)));
  };

  /** Publishes what a service of AWS tells of. */
  publishText(topicArn: string, message: string): void {
    this.#send(this.#topic(topicArn), readPublication({ Message: message }));
  }

  readonly publishBatch: WireAction = ({ parameters }) => {
    const topic = this.#topic(parameters.TopicArn);
    const entries = readEntries(parameters);
    const successful: string[] = [];
    const failed: string[] = [];
    for (const { id, publication } of entries) {
      const member = `<Id>${escapeXml(id)}</Id>`;
      try {
        successful.push(`<member>${member}${published(this.#send(topic, publication))}</member>`);
      } catch (fault) {
        if (!(fault instanceof AwsError)) {
          throw fault;
        }
        failed.push(
          `<member>${member}<Code>${fault.code}</Code><Message>${escapeXml(fault.message)}</Message>` +
            '<SenderFault>true</SenderFault></member>',
        );
      }
    }
    return `<Successful>${successful.join('')}</Successful><Failed>${failed.join('')}</Failed>`;
  };

  #send(topic: StoredTopic, publication: Publication): Published {
    const taken = accepted(publication, topic);
    return this.#published.once(topic, taken, sequenceNumber => {
      const id = randomUUID();
      this.#fanOut.deliver(topic, {
        ...taken,
        id,
        topicArn: topic.arn,
        topicName: topic.name,
        publishedAt: new Date(),
      });
      return { id, sequenceNumber };
    });
  }

  #topic(arn: unknown): StoredTopic {
    const topic = this.#topics.getTopic(String(arn));
    if (topic === undefined) {
      throw new AwsError('NotFound', 'Topic does not exist', 404);
    }
    return topic;
  }
}

function readEntries(
  parameters: Readonly<Record<string, unknown>>,
): readonly { readonly id: string; readonly publication: Publication }[] {
  const entries: { id: string; publication: Publication }[] = [];
  for (let place = 1; ; place += 1) {
    const prefix = `PublishBatchRequestEntries.member.${place}.`;
    const id = parameters[`${prefix}Id`];
    if (id === undefined) {
      break;
    }
    entries.push({ id: String(id), publication: readPublication(parameters, prefix) });
  }
  if (entries.length === 0) {
    throw new AwsError('EmptyBatchRequest', "The batch request doesn't contain any entries.");
  }
  if (entries.length > BATCH_LIMIT) {
    throw new AwsError(
      'TooManyEntriesInBatchRequest',
      'The batch request contains more entries than permissible.',
    );
  }
  if (new Set(entries.map(({ id }) => id)).size < entries.length) {
    throw new AwsError(
      'BatchEntryIdsNotDistinct',
      'Two or more batch entries in the request have the same Id.',
    );
  }
  return entries;
}

function published({ id, sequenceNumber }: Published): string {
  const sequence = sequenceNumber === undefined ? '' : `<SequenceNumber>${sequenceNumber}</SequenceNumber>`;
  return `<MessageId>${id}</MessageId>${sequence}`;
}
