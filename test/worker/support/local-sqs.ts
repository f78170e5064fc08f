import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { buildApp } from 'fauxqs';

export const region = 'eu-central-1';

/** What every SDK client of a test needs to sign with. */
export const credentials = { AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' } as const;

export interface QueueDepth {
  readonly visible: number;
  readonly hidden: number;
}

/** SQS in this process, whose actions can be made to fail. */
export class LocalSqs {
  readonly endpoint: string;
  readonly client: SQSClient;
  /** Actions that answer 500, by name: `DeleteMessageBatch`. */
  readonly broken = new Set<string>();
  /** How often each action was called. */
  readonly calls = new Map<string, number>();
  readonly #close: () => Promise<void>;

  private constructor(endpoint: string, close: () => Promise<void>) {
    Object.assign(process.env, credentials);
    this.endpoint = endpoint;
    this.client = new SQSClient({ region, endpoint });
    this.#close = close;
  }

  static async start(): Promise<LocalSqs> {
    const app = buildApp({ logger: false });
    let sqs: LocalSqs | undefined;
    app.addHook('onRequest', async (request, reply) => {
      const action = String(request.headers['x-amz-target']).replace('AmazonSQS.', '');
      sqs?.calls.set(action, sqs.callsOf(action) + 1);
      if (sqs?.broken.has(action)) {
        await reply.code(500).send({ __type: 'InternalError', message: 'Broken by the test' });
      }
    });
    const endpoint = await app.listen({ host: '127.0.0.1', port: 0 });
    sqs = new LocalSqs(endpoint, async () => {
      app.server.closeAllConnections();
      await app.close();
    });
    return sqs;
  }

  callsOf(action: string): number {
    return this.calls.get(action) ?? 0;
  }

  async createQueue(name: string, attributes: Record<string, string> = {}): Promise<TestQueue> {
    await this.client.send(new CreateQueueCommand({ QueueName: name, Attributes: attributes }));
    return new TestQueue(this.client, `${this.endpoint}/000000000000/${name}`);
  }

  /** A queue that gives up on a message after so many receives, and its dead-letter queue. */
  async createQueueWithDlq(
    name: string,
    maxReceiveCount: number,
  ): Promise<{ queue: TestQueue; dlq: TestQueue }> {
    const dlq = await this.createQueue(`${name}-dlq`);
    const deadLetterTargetArn = `arn:aws:sqs:${region}:000000000000:${name}-dlq`;
    const queue = await this.createQueue(name, {
      RedrivePolicy: JSON.stringify({ deadLetterTargetArn, maxReceiveCount }),
    });
    return { queue, dlq };
  }

  async close(): Promise<void> {
    this.client.destroy();
    await this.#close();
  }
}

/** A queue as a test sees it. */
export class TestQueue {
  readonly url: string;
  readonly #client: SQSClient;

  constructor(client: SQSClient, url: string) {
    this.#client = client;
    this.url = url;
  }

  async send(body: unknown, attributes: Readonly<Record<string, string>> = {}): Promise<void> {
    await this.#client.send(
      new SendMessageCommand({
        QueueUrl: this.url,
        MessageBody: typeof body === 'string' ? body : JSON.stringify(body),
        MessageAttributes: Object.fromEntries(
          Object.entries(attributes).map(([name, value]) => [
            name,
            { DataType: 'String', StringValue: value },
          ]),
        ),
      }),
    );
  }

  async sendAll(bodies: readonly unknown[]): Promise<void> {
    for (let start = 0; start < bodies.length; start += 10) {
      await this.#client.send(
        new SendMessageBatchCommand({
          QueueUrl: this.url,
          Entries: bodies
            .slice(start, start + 10)
            .map((body, index) => ({ Id: String(index), MessageBody: JSON.stringify(body) })),
        }),
      );
    }
  }

  async depth(): Promise<QueueDepth> {
    const { Attributes = {} } = await this.#client.send(
      new GetQueueAttributesCommand({ QueueUrl: this.url, AttributeNames: ['All'] }),
    );
    return {
      visible: Number(Attributes.ApproximateNumberOfMessages),
      hidden: Number(Attributes.ApproximateNumberOfMessagesNotVisible),
    };
  }

  async isEmpty(): Promise<boolean> {
    const { visible, hidden } = await this.depth();
    return visible + hidden === 0;
  }

  /** Bodies of the messages that another consumer would get now. */
  async take(): Promise<string[]> {
    const { Messages = [] } = await this.#client.send(
      new ReceiveMessageCommand({ QueueUrl: this.url, MaxNumberOfMessages: 10, WaitTimeSeconds: 0 }),
    );
    return Messages.map(({ Body = '' }) => Body);
  }
}
