import { setTimeout as pause } from 'node:timers/promises';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { CreateTopicCommand, SNSClient, SubscribeCommand } from '@aws-sdk/client-sns';
import {
  CreateQueueCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  type Message,
  ReceiveMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { type Endpoint, startEndpoint } from '../../../local/emulators/endpoint.ts';

/** A queue as its tests name it. */
export interface TestQueue {
  readonly url: string;
  readonly arn: string;
}

/** An endpoint of its own on a free port, and the SDK's clients of it. */
export class EndpointUnderTest {
  readonly endpoint: Endpoint;
  readonly sqs: SQSClient;
  readonly sns: SNSClient;
  readonly dynamoDb: DynamoDBClient;
  readonly s3: S3Client;

  static async start(): Promise<EndpointUnderTest> {
    return new EndpointUnderTest(await startEndpoint({ port: 0, region: 'us-east-1' }));
  }

  private constructor(endpoint: Endpoint) {
    const settings = {
      endpoint: endpoint.url,
      region: 'us-east-1',
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
      maxAttempts: 1,
    };
    this.endpoint = endpoint;
    this.sqs = new SQSClient(settings);
    this.sns = new SNSClient(settings);
    this.dynamoDb = new DynamoDBClient(settings);
    this.s3 = new S3Client(settings);
  }

  async createQueue(name: string, attributes: Record<string, string> = {}): Promise<TestQueue> {
    const { QueueUrl: url = '' } = await this.sqs.send(
      new CreateQueueCommand({ QueueName: name, Attributes: attributes }),
    );
    return { url, arn: `arn:aws:sqs:us-east-1:000000000000:${name}` };
  }

  /** A queue that dead-letters into another on the second receive. */
  async createQueueWithDlq(name: string): Promise<{ queue: TestQueue; dlq: TestQueue }> {
    const ending = name.endsWith('.fifo') ? '.fifo' : '';
    const dlq = await this.createQueue(`${name.replace(/\.fifo$/, '')}-dlq${ending}`);
    const queue = await this.createQueue(name, {
      RedrivePolicy: JSON.stringify({ deadLetterTargetArn: dlq.arn, maxReceiveCount: 1 }),
    });
    return { queue, dlq };
  }

  async createTopic(name: string, attributes: Record<string, string> = {}): Promise<string> {
    const { TopicArn = '' } = await this.sns.send(
      new CreateTopicCommand({ Name: name, Attributes: attributes }),
    );
    return TopicArn;
  }

  async subscribe(
    topicArn: string,
    endpoint: string,
    attributes: Record<string, string> = {},
    protocol = 'sqs',
  ) {
    await this.sns.send(
      new SubscribeCommand({
        TopicArn: topicArn,
        Protocol: protocol,
        Endpoint: endpoint,
        Attributes: attributes,
      }),
    );
  }

  /** Up to ten messages with all that is known of them; empty if none are visible. */
  async receive(queue: TestQueue, options: { visibilityTimeout?: number } = {}): Promise<Message[]> {
    const { Messages = [] } = await this.sqs.send(
      new ReceiveMessageCommand({
        QueueUrl: queue.url,
        MaxNumberOfMessages: 10,
        MessageAttributeNames: ['All'],
        MessageSystemAttributeNames: ['All'],
        ...(options.visibilityTimeout === undefined ? {} : { VisibilityTimeout: options.visibilityTimeout }),
      }),
    );
    return Messages;
  }

  async delete(queue: TestQueue, message: Message): Promise<void> {
    await this.sqs.send(
      new DeleteMessageCommand({ QueueUrl: queue.url, ReceiptHandle: message.ReceiptHandle }),
    );
  }

  async attributes(queue: TestQueue): Promise<Record<string, string>> {
    const { Attributes = {} } = await this.sqs.send(
      new GetQueueAttributesCommand({ QueueUrl: queue.url, AttributeNames: ['All'] }),
    );
    return Attributes;
  }

  /** Fails a message until its queue has given it up. */
  async deadLetter(queue: TestQueue): Promise<void> {
    await this.receive(queue, { visibilityTimeout: 0 });
    await this.receive(queue, { visibilityTimeout: 0 });
  }

  async stop(): Promise<void> {
    this.sqs.destroy();
    this.sns.destroy();
    this.dynamoDb.destroy();
    this.s3.destroy();
    await this.endpoint.close();
  }
}

/** Waits until there is something to return, and fails where that takes too long. */
export async function eventually<Value>(
  look: () => Promise<Value | undefined | false>,
  timeoutMs = 4_000,
): Promise<Value> {
  const end = performance.now() + timeoutMs;
  for (;;) {
    const found = await look();
    if (found !== undefined && found !== false) {
      return found;
    }
    if (performance.now() > end) {
      throw new Error(`Nothing came of it in ${timeoutMs} ms.`);
    }
    await pause(10);
  }
}
