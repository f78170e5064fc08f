import { SubscribeCommand, UnsubscribeCommand } from '@aws-sdk/client-sns';
import {
  CreateQueueCommand,
  DeleteMessageCommand,
  DeleteQueueCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
} from '@aws-sdk/client-sqs';
import type { RunningSystem } from '../scenario.ts';

/** Somebody who reads along on a topic: a queue that is subscribed to everything. */
export class TopicTap {
  readonly #system: RunningSystem;
  readonly #url: string;
  readonly #subscriptionArn: string;

  static async on(system: RunningSystem, topicArn: string): Promise<TopicTap> {
    const { QueueUrl: url = '' } = await system.sqs.send(new CreateQueueCommand({ QueueName: 'tap' }));
    const { Attributes: { QueueArn: arn } = {} } = await system.sqs.send(
      new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ['QueueArn'] }),
    );
    const { SubscriptionArn: subscriptionArn = '' } = await system.sns.send(
      new SubscribeCommand({
        TopicArn: topicArn,
        Protocol: 'sqs',
        Endpoint: arn,
        Attributes: { RawMessageDelivery: 'true' },
      }),
    );
    return new TopicTap(system, url, subscriptionArn);
  }

  private constructor(system: RunningSystem, url: string, subscriptionArn: string) {
    this.#system = system;
    this.#url = url;
    this.#subscriptionArn = subscriptionArn;
  }

  /** The next message, as it travels. */
  async next(): Promise<string> {
    const body = await this.poll();
    if (body === undefined) throw new Error('nothing came over the topic in 5 s');
    return body;
  }

  /** The next message; nothing where none comes in five seconds. */
  async poll(): Promise<string | undefined> {
    const { sqs } = this.#system;
    const { Messages: [message] = [] } = await sqs.send(
      new ReceiveMessageCommand({ QueueUrl: this.#url, WaitTimeSeconds: 5 }),
    );
    if (message === undefined) return undefined;
    await sqs.send(new DeleteMessageCommand({ QueueUrl: this.#url, ReceiptHandle: message.ReceiptHandle }));
    return message.Body;
  }

  async close(): Promise<void> {
    await this.#system.sns.send(new UnsubscribeCommand({ SubscriptionArn: this.#subscriptionArn }));
    await this.#system.sqs.send(new DeleteQueueCommand({ QueueUrl: this.#url }));
  }
}
