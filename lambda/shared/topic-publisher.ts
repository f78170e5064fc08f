import { PublishCommand, type SNSClient } from '@aws-sdk/client-sns';
import {
  type EncodedEvent,
  type EventFamily,
  type EventOf,
  type EventSchemas,
  maxEventBytes,
} from '../../contracts/events.ts';
import { reach } from './dependency.ts';
import { EventTooLargeError } from './failures.ts';

const attributeType = 'String';

export interface TopicPublisherOptions<Schemas extends EventSchemas> {
  readonly sns: Pick<SNSClient, 'send'>;
  readonly topicArn: string;
  /** The events that the topic carries. */
  readonly events: EventFamily<Schemas>;
}

/** Publishes the events of a family to their topic, with the attributes that subscriptions filter on. */
export class TopicPublisher<Schemas extends EventSchemas> {
  readonly #options: TopicPublisherOptions<Schemas>;

  constructor(options: TopicPublisherOptions<Schemas>) {
    this.#options = options;
  }

  /**
   * @throws EventTooLargeError before anything is sent.
   * @throws DependencyDownError when SNS cannot be reached or cannot take the event now.
   */
  async publish(event: EventOf<Schemas> & { readonly event_type: string }): Promise<void> {
    const { sns, topicArn, events } = this.#options;
    const encoded = events.encode(event);
    const bytes = encodedBytes(encoded);
    if (bytes > maxEventBytes) {
      throw new EventTooLargeError(
        `The ${event.event_type} event is ${bytes} bytes with its attributes; SNS takes ${maxEventBytes}. ` +
          'Keep large content elsewhere, and its place in the event.',
      );
    }
    await reach(
      'SNS',
      sns.send(
        new PublishCommand({
          TopicArn: topicArn,
          Message: encoded.body,
          ...(encoded.groupId !== undefined && { MessageGroupId: encoded.groupId }),
          MessageAttributes: Object.fromEntries(
            Object.entries(encoded.attributes).map(([name, value]) => [
              name,
              { DataType: attributeType, StringValue: value },
            ]),
          ),
        }),
      ),
    );
  }
}

/**
 * Size of an event as SNS counts it: body, and name, type and value of each attribute.
 *
 * @see https://docs.aws.amazon.com/sns/latest/api/API_MessageAttributeValue.html
 */
export function encodedBytes({ body, attributes }: EncodedEvent): number {
  return Object.entries(attributes).reduce(
    (sum, [name, value]) => sum + Buffer.byteLength(name + attributeType + value),
    Buffer.byteLength(body),
  );
}
