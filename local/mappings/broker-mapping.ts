import { setTimeout as pause } from 'node:timers/promises';
import { type Channel, type ChannelModel, type ConsumeMessage, connect } from 'amqplib';

export interface BrokerMappingOptions {
  readonly address: string;
  /** User of the broker, asked at each connection. */
  readonly credentials: () => { readonly username: string; readonly password: string };
  readonly brokerArn: string;
  readonly queue: string;
  readonly batchSize: number;
  /** Resolves when the function has handled the batch; rejects when it failed. */
  readonly invoke: (event: object) => Promise<unknown>;
}

/** How long messages are gathered, and the pause after a failure. */
const windowMs = 20;
const retryMs = 200;

/**
 * Takes messages of a RabbitMQ queue for a function as Lambda's pollers do: one invocation at a time, whose batch is
 * acknowledged as a whole, or handed out again as a whole.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/with-mq.html
 */
export class BrokerMapping {
  readonly #options: BrokerMappingOptions;
  readonly #stopping = new AbortController();
  #connection: ChannelModel | undefined;
  #polled: Promise<void> = Promise.resolve();

  constructor(options: BrokerMappingOptions) {
    this.#options = options;
  }

  start(): void {
    this.#polled = this.#poll();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#polled;
  }

  async #poll(): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      // The queue comes with the programs that declare it: until then, it is looked for.
      await this.#consume().catch(() => undefined);
      await pause(retryMs, undefined, { signal }).catch(() => undefined);
    }
  }

  /** Ends when the connection does. */
  async #consume(): Promise<void> {
    const { address, credentials, queue, batchSize } = this.#options;
    const { hostname, port } = new URL(address);
    const connection = await connect({ hostname, port: Number(port), ...credentials() });
    connection.on('error', () => undefined);
    const closed = new Promise(resolve => connection.once('close', resolve));
    this.#connection = connection;
    const channel = await connection.createChannel();
    channel.on('error', () => void this.#connection?.close().catch(() => undefined));
    await channel.prefetch(batchSize);
    const arrived: ConsumeMessage[] = [];
    await channel.consume(queue, message => {
      if (message !== null) arrived.push(message);
    });
    let isClosed = false;
    void closed.then(() => {
      isClosed = true;
    });
    while (!(this.#stopping.signal.aborted || isClosed)) {
      if (arrived.length > 0) await this.#hand(arrived.splice(0), channel);
      await pause(windowMs);
    }
    if (!isClosed) await connection.close();
  }

  async #hand(batch: readonly ConsumeMessage[], channel: Channel): Promise<void> {
    try {
      await this.#options.invoke(this.#eventOf(batch));
      for (const message of batch) channel.ack(message);
    } catch {
      await pause(retryMs);
      for (const message of batch) channel.nack(message, false, true);
    }
  }

  #eventOf(batch: readonly ConsumeMessage[]): object {
    const { brokerArn, queue } = this.#options;
    return {
      eventSource: 'aws:rmq',
      eventSourceArn: brokerArn,
      rmqMessagesByQueue: {
        [`${queue}::/`]: batch.map(({ content, fields, properties }) => ({
          basicProperties: {
            contentType: properties.contentType,
            contentEncoding: properties.contentEncoding ?? null,
            headers: properties.headers,
            deliveryMode: properties.deliveryMode,
            correlationId: properties.correlationId ?? null,
            messageId: properties.messageId ?? null,
            type: properties.type ?? null,
          },
          redelivered: fields.redelivered,
          data: content.toString('base64'),
        })),
      },
    };
  }
}
