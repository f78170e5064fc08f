import { PublishCommand, type SNSClient } from '@aws-sdk/client-sns';
import type { EventFamily, EventOf, EventSchemas } from '../../contracts/events.ts';
import { maxTopicMessageBytes } from '../../contracts/message-sizes.ts';
import type { ClaimCheck } from './claim-check.ts';
import { reach } from './dependency.ts';
import { fitted } from './outgoing-message.ts';

export interface TopicPublisherOptions<Schemas extends EventSchemas> {
  readonly sns: Pick<SNSClient, 'send'>;
  readonly topicArn: string;
  /** The events that the topic carries. */
  readonly events: EventFamily<Schemas>;

  /**
   * Where the bodies of events go that are larger than the topic takes. Every subscriber must be able to read
   * them there: queues with a consumer that has a claim check too, and raw delivery.
   *
   * @default - an event that is too large is refused
   */
  readonly claimCheck?: Pick<ClaimCheck, 'deposit'>;
}

/**
 * Publishes the events of a family to their topic, with the attributes that subscriptions filter on. A family
 * with a wording is published as one text for each protocol, of which queues get the event.
 *
 * @see https://docs.aws.amazon.com/sns/latest/api/API_Publish.html
 */
export class TopicPublisher<Schemas extends EventSchemas> {
  readonly #options: TopicPublisherOptions<Schemas>;

  constructor(options: TopicPublisherOptions<Schemas>) {
    this.#options = options;
  }

  /**
   * @throws EventTooLargeError before anything is sent.
   * @throws DependencyDownError when SNS cannot be reached or cannot take the event now, or S3 its body.
   */
  async publish(event: EventOf<Schemas> & { readonly event_type: string }): Promise<void> {
    const { sns, topicArn, events, claimCheck } = this.#options;
    const encoded = events.encode(event);
    const { body, attributes } = await fitted(`The ${event.event_type} event`, encoded, {
      service: 'SNS',
      maxBytes: maxTopicMessageBytes,
      claimCheck,
    });
    await reach(
      'SNS',
      sns.send(
        new PublishCommand({
          TopicArn: topicArn,
          Message: body,
          ...(encoded.texts && { MessageStructure: 'json', Subject: encoded.subject }),
          ...(encoded.groupId !== undefined && { MessageGroupId: encoded.groupId }),
          MessageAttributes: attributes,
        }),
      ),
    );
  }
}
