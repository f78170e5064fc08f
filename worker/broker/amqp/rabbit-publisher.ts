import type { ChannelModel } from 'amqplib';
import type { BrokerMessage, BrokerTopology } from '../../../contracts/broker.ts';
import { DependencyDownError } from '../../failures.ts';
import type { MessagePublisher } from '../message-publisher.ts';
import { BrokerLink, type BrokerLinkOptions, closeQuietly } from './broker-link.ts';
import { ConfirmedPublishing } from './confirmed.ts';
import { declareTopology } from './topology.ts';

export interface RabbitPublisherOptions extends BrokerLinkOptions {
  readonly topology: BrokerTopology;
  /** How long a message waits for a connection. @default 10_000 */
  readonly connectWithinMs?: number;
  /** How long a message waits for its confirmation. @default 10_000 */
  readonly confirmWithinMs?: number;
}

/** Publishes to an exchange of RabbitMQ, over a connection that comes back. */
export class RabbitPublisher implements MessagePublisher {
  readonly #options: RabbitPublisherOptions;
  readonly #link: BrokerLink;
  #ready = Promise.withResolvers<ConfirmedPublishing>();

  constructor(options: RabbitPublisherOptions) {
    this.#options = options;
    this.#link = new BrokerLink(options);
    this.#link.open(connection => this.#setUp(connection));
  }

  async publish({ routingKey, body, correlationId }: BrokerMessage): Promise<void> {
    if (this.#link.isBlocked) {
      throw new DependencyDownError('The broker takes no messages now: it is short of memory or disk.');
    }
    const publishing = await this.#publishing();
    await publishing.publish({
      exchange: this.#options.topology.exchange,
      routingKey,
      body: Buffer.from(body),
      options: {
        type: routingKey,
        timestamp: Math.floor(Date.now() / 1_000),
        ...(correlationId !== undefined && { correlationId }),
      },
    });
  }

  close(): Promise<void> {
    return this.#link.close();
  }

  async #setUp(connection: ChannelModel): Promise<void> {
    await declareTopology(connection, this.#options.topology);
    const channel = await connection.createConfirmChannel();
    channel.on('error', () => undefined);
    channel.once('close', () => {
      this.#ready = Promise.withResolvers();
      // The broker closes a channel for a reason: what was declared is no longer so. It is declared anew.
      void closeQuietly(connection);
    });
    this.#ready.resolve(new ConfirmedPublishing(channel, this.#options.confirmWithinMs ?? 10_000));
  }

  async #publishing(): Promise<ConfirmedPublishing> {
    const { connectWithinMs = 10_000 } = this.#options;
    const late = Promise.withResolvers<never>();
    const timer = setTimeout(
      () => late.reject(new DependencyDownError(`No broker answered within ${connectWithinMs} ms.`)),
      connectWithinMs,
    );
    try {
      return await Promise.race([this.#ready.promise, late.promise]);
    } finally {
      clearTimeout(timer);
    }
  }
}
