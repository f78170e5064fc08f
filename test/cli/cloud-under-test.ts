import { CreateBucketCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { CreateTopicCommand, SetSubscriptionAttributesCommand, SubscribeCommand } from '@aws-sdk/client-sns';
import {
  CreateQueueCommand,
  type MessageAttributeValue,
  PurgeQueueCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SetQueueAttributesCommand,
} from '@aws-sdk/client-sqs';
import { AwsConnection } from '../../cli/aws/connection.ts';
import { S3Archives } from '../../cli/aws/s3-archives.ts';
import { SnsSubscriptions } from '../../cli/aws/sns-subscriptions.ts';
import { SqsMoveTasks } from '../../cli/aws/sqs-move-tasks.ts';
import { SqsQueues } from '../../cli/aws/sqs-queues.ts';
import type { Queue } from '../../cli/queues/queues.ts';
import { type Endpoint, startEndpoint } from '../../local/emulators/endpoint.ts';

/** A message to put on a queue. */
export interface TestMessage {
  readonly body: string;
  readonly attributes?: Readonly<Record<string, MessageAttributeValue>>;
  readonly groupId?: string;
  readonly deduplicationId?: string;
}

export const region = 'us-east-1';

/** An AWS endpoint of its own for one test file, and the adapters that talk to it. */
export class CloudUnderTest {
  readonly url: string;
  readonly queues: SqsQueues;
  readonly moveTasks: SqsMoveTasks;
  readonly subscriptions: SnsSubscriptions;
  readonly archives: S3Archives;
  readonly #endpoint: Endpoint;
  readonly #aws: AwsConnection;

  private constructor(endpoint: Endpoint) {
    this.#endpoint = endpoint;
    this.url = endpoint.url;
    this.#aws = new AwsConnection({ endpoint: endpoint.url, env: {} });
    this.queues = new SqsQueues(this.#aws);
    this.moveTasks = new SqsMoveTasks(this.#aws);
    this.subscriptions = new SnsSubscriptions(this.#aws);
    this.archives = new S3Archives(this.#aws);
  }

  static async start(): Promise<CloudUnderTest> {
    return new CloudUnderTest(await startEndpoint({ port: 0, region }));
  }

  async stop(): Promise<void> {
    this.#aws.close();
    await this.#endpoint.close();
  }

  async createQueue(
    name: string,
    attributes: Record<string, string> = {},
    tags: Record<string, string> = {},
  ): Promise<Queue> {
    await this.#aws.sqs().send(
      new CreateQueueCommand({
        QueueName: name,
        Attributes: { ...(name.endsWith('.fifo') && { FifoQueue: 'true' }), ...attributes },
        tags,
      }),
    );
    return this.existing(name);
  }

  async createTaggedQueue(name: string, tags: Record<string, string>): Promise<Queue> {
    await this.#aws.sqs().send(new CreateQueueCommand({ QueueName: name, tags }));
    return this.existing(name);
  }

  async existing(name: string): Promise<Queue> {
    const queue = await this.queues.find({ text: name, name });
    if (!queue) throw new Error(`No queue ${name}`);
    return queue;
  }

  async empty({ url }: Queue): Promise<void> {
    await this.#aws.sqs().send(new PurgeQueueCommand({ QueueUrl: url }));
  }

  /** A queue that gives a message up after so many receives, and its DLQ. */
  async createPair(
    name: string,
    maxReceiveCount = 1,
  ): Promise<{ readonly queue: Queue; readonly dlq: Queue }> {
    const [base, suffix = ''] = name.split(/(?=\.fifo$)/);
    const dlq = await this.createQueue(`${base}-dlq${suffix}`);
    return { queue: await this.createSourceOf(dlq, name, maxReceiveCount), dlq };
  }

  async createSourceOf(dlq: Queue, name: string, maxReceiveCount = 1): Promise<Queue> {
    return this.createQueue(name, { RedrivePolicy: redrivePolicy(dlq, maxReceiveCount) });
  }

  async deadLetterTo(queue: Queue, dlq: Queue): Promise<void> {
    await this.#aws.sqs().send(
      new SetQueueAttributesCommand({
        QueueUrl: queue.url,
        Attributes: { RedrivePolicy: redrivePolicy(dlq, 1) },
      }),
    );
  }

  async send(queue: Queue, messages: readonly TestMessage[]): Promise<void> {
    for (let start = 0; start < messages.length; start += 10) {
      const { Failed = [] } = await this.#aws.sqs().send(
        new SendMessageBatchCommand({
          QueueUrl: queue.url,
          Entries: messages.slice(start, start + 10).map((message, index) => ({
            Id: String(index),
            MessageBody: message.body,
            ...(message.attributes && { MessageAttributes: message.attributes }),
            ...(message.groupId && { MessageGroupId: message.groupId }),
            ...(message.deduplicationId && { MessageDeduplicationId: message.deduplicationId }),
          })),
        }),
      );
      if (Failed.length > 0) throw new Error(JSON.stringify(Failed));
    }
  }

  /** Puts messages on a queue and fails them, until its DLQ has them. */
  async fail(queue: Queue, dlq: Queue, messages: readonly TestMessage[]): Promise<void> {
    const before = (await this.queues.state(dlq)).visible;
    await this.send(queue, messages);
    while ((await this.queues.state(dlq)).visible < before + messages.length) {
      await this.#aws
        .sqs()
        .send(
          new ReceiveMessageCommand({ QueueUrl: queue.url, MaxNumberOfMessages: 10, VisibilityTimeout: 0 }),
        );
    }
  }

  /** A topic, subscribed by a queue, with a DLQ for what cannot be delivered. */
  async subscribe(topic: string, endpoint: string, dlq?: Queue, protocol = 'sqs'): Promise<string> {
    const sns = this.#aws.sns();
    const { TopicArn } = await sns.send(new CreateTopicCommand({ Name: topic }));
    const { SubscriptionArn = '' } = await sns.send(
      new SubscribeCommand({ TopicArn, Protocol: protocol, Endpoint: endpoint, ReturnSubscriptionArn: true }),
    );
    if (dlq) {
      await sns.send(
        new SetSubscriptionAttributesCommand({
          SubscriptionArn,
          AttributeName: 'RedrivePolicy',
          AttributeValue: JSON.stringify({ deadLetterTargetArn: dlq.arn }),
        }),
      );
    }
    return SubscriptionArn;
  }

  /** Subscriptions without a DLQ, of one topic. */
  async subscribeOthers(topic: string, count: number): Promise<void> {
    const sns = this.#aws.sns();
    const { TopicArn } = await sns.send(new CreateTopicCommand({ Name: topic }));
    await Promise.all(
      Array.from({ length: count }, (_, index) =>
        sns.send(
          new SubscribeCommand({
            TopicArn,
            Protocol: 'sqs',
            Endpoint: `arn:aws:sqs:${region}:000000000000:${topic}-${index}`,
          }),
        ),
      ),
    );
  }

  async createBucket(name: string): Promise<string> {
    await this.#aws.s3().send(new CreateBucketCommand({ Bucket: name }));
    return name;
  }

  async put(bucket: string, key: string, content: string | Uint8Array): Promise<void> {
    await this.#aws.s3().send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: content }));
  }

  /** Bodies on a queue, in hand or not, without a receive. */
  bodies({ url }: Queue): string[] {
    const found = this.#endpoint.store.queues.getQueue(url);
    if (!found) throw new Error(`No queue at ${url}`);
    found.processTimers();
    const { ready, delayed, inflight } = found.inspectMessages();
    return [...ready, ...delayed, ...inflight.map(({ message }) => message)].map(({ body }) => body);
  }
}

function redrivePolicy(dlq: Queue, maxReceiveCount: number): string {
  return JSON.stringify({ deadLetterTargetArn: dlq.arn, maxReceiveCount });
}

export function order(id: string, type = 'order_placed'): TestMessage {
  return {
    body: JSON.stringify({ event_type: type, correlation_id: `c-${id}`, order_id: id }),
    attributes: { eventType: { DataType: 'String', StringValue: type } },
  };
}
