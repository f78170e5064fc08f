import type { AddressInfo } from 'node:net';
import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  SendMessageBatchCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { buildApp } from 'fauxqs';

/** A queue made on the endpoint. */
export interface TestQueue {
  readonly url: string;
  readonly arn: string;
}

/** An SQS endpoint of its own for one test file. */
export class QueueEndpoint {
  readonly client: SQSClient;
  readonly port: number;
  readonly #app: ReturnType<typeof buildApp>;
  #queues = 0;

  private constructor(app: ReturnType<typeof buildApp>, port: number) {
    this.#app = app;
    this.client = clientOf(port);
    this.port = port;
  }

  static async start(): Promise<QueueEndpoint> {
    const app = buildApp({ host: '127.0.0.1', logger: false });
    await app.listen({ host: '127.0.0.1', port: 0 });
    return new QueueEndpoint(app, (app.server.address() as AddressInfo).port);
  }

  async createQueue(attributes: Record<string, string> = {}, fifo = false): Promise<TestQueue> {
    this.#queues += 1;
    const { QueueUrl: url = '' } = await this.client.send(
      new CreateQueueCommand({
        QueueName: `queue-${this.#queues}${fifo ? '.fifo' : ''}`,
        Attributes: { VisibilityTimeout: '1', ...attributes, ...(fifo ? { FifoQueue: 'true' } : {}) },
      }),
    );
    return { url, arn: (await this.attributes(url)).QueueArn ?? '' };
  }

  async attributes(queueUrl: string): Promise<Record<string, string>> {
    const answer = await this.client.send(
      new GetQueueAttributesCommand({ QueueUrl: queueUrl, AttributeNames: ['All'] }),
    );
    return answer.Attributes ?? {};
  }

  /** Messages on the queue, in hand or not. */
  async depth(queueUrl: string): Promise<number> {
    const found = await this.attributes(queueUrl);
    return Number(found.ApproximateNumberOfMessages) + Number(found.ApproximateNumberOfMessagesNotVisible);
  }

  /** Sends bodies in order and returns their message ids. */
  async send(
    queueUrl: string,
    bodies: readonly string[],
    groupOf?: (body: string) => string,
  ): Promise<string[]> {
    const ids: string[] = [];
    for (let start = 0; start < bodies.length; start += 10) {
      const { Successful: sent = [] } = await this.client.send(
        new SendMessageBatchCommand({
          QueueUrl: queueUrl,
          Entries: bodies.slice(start, start + 10).map((body, place) => ({
            Id: String(place),
            MessageBody: body,
            ...(groupOf === undefined
              ? {}
              : { MessageGroupId: groupOf(body), MessageDeduplicationId: body.slice(0, 20) }),
          })),
        }),
      );
      ids.push(...sent.map(({ MessageId: id = '' }) => id));
    }
    return ids;
  }

  async stop(): Promise<void> {
    this.client.destroy();
    await this.#app.close();
  }
}

/** A client of a port of this machine. */
export function clientOf(port: number): SQSClient {
  return new SQSClient({
    endpoint: `http://127.0.0.1:${port}`,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    maxAttempts: 1,
  });
}
