import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import type { EncodedEvent } from '../../contracts/events.ts';
import { jobClientSettings, reach } from '../aws/dependency.ts';

/** Tells of what a job did. */
export interface EventPublisher<Event> {
  publish(event: Event): Promise<void>;
}

/** SNS client of a job: region, credentials and endpoint come from the environment. */
export function snsClient(): SNSClient {
  return new SNSClient(jobClientSettings);
}

/** Publishes to a topic on SNS, with the attributes that subscriptions filter on. */
export class SnsEventPublisher<Event> implements EventPublisher<Event> {
  readonly #sns: SNSClient;
  readonly #topicArn: string;
  readonly #encode: (event: Event) => EncodedEvent;

  /** @param encode puts an event of the topic's family into its wire form. */
  constructor(sns: SNSClient, topicArn: string, encode: (event: Event) => EncodedEvent) {
    this.#sns = sns;
    this.#topicArn = topicArn;
    this.#encode = encode;
  }

  /** @throws DependencyDownError when SNS cannot be reached or cannot take the event now. */
  async publish(event: Event): Promise<void> {
    const { body, attributes, groupId } = this.#encode(event);
    await reach(
      'SNS',
      this.#sns.send(
        new PublishCommand({
          TopicArn: this.#topicArn,
          Message: body,
          ...(groupId !== undefined && { MessageGroupId: groupId }),
          MessageAttributes: Object.fromEntries(
            Object.entries(attributes).map(([name, value]) => [
              name,
              { DataType: 'String', StringValue: value },
            ]),
          ),
        }),
      ),
    );
  }
}
