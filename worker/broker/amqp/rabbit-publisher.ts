import type { BrokerMessage } from '../../../contracts/broker.ts';
import { DependencyDownError } from '../../failures.ts';
import { BrokerLink, closeQuietly } from '../broker-link.ts';
import type { MessagePublisher, MessagePublisherOptions } from '../message-publisher.ts';
import { WhenConnected } from '../when-connected.ts';
import { AmqpConnection } from './amqp-connection.ts';
import { ConfirmedPublishing } from './confirmed.ts';
import { declareTopology } from './topology.ts';

/** Publishes to an exchange of RabbitMQ, over a connection that comes back. */
export class RabbitPublisher implements MessagePublisher {
  readonly #options: MessagePublisherOptions;
  readonly #link: BrokerLink<AmqpConnection>;
  readonly #publishing = new WhenConnected<ConfirmedPublishing>();
  #isBlocked = false;

  constructor(options: MessagePublisherOptions) {
    this.#options = options;
    this.#link = new BrokerLink(options, AmqpConnection.open);
    this.#link.open(connection => this.#setUp(connection));
  }

  async publish({ routingKey, body, correlationId }: BrokerMessage): Promise<void> {
    if (this.#isBlocked) {
      throw new DependencyDownError('The broker takes no messages now: it is short of memory or disk.');
    }
    const publishing = await this.#publishing.within(this.#options.connectWithinMs ?? 10_000);
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

  async #setUp(connection: AmqpConnection): Promise<void> {
    this.#heedBlocking(connection);
    await declareTopology(connection.model, this.#options.topology);
    const channel = await connection.model.createConfirmChannel();
    channel.on('error', () => undefined);
    channel.once('close', () => {
      this.#publishing.clear();
      // The broker closes a channel for a reason: what was declared is no longer so. It is declared anew.
      void closeQuietly(connection);
    });
    this.#publishing.set(new ConfirmedPublishing(channel, this.#options.confirmWithinMs ?? 10_000));
  }

  /** Hears when the broker takes no messages, since it is short of memory or disk, and when it does again. */
  #heedBlocking({ model, closed }: AmqpConnection): void {
    void closed.then(() => {
      this.#isBlocked = false;
    });
    model.on('blocked', reason => {
      this.#isBlocked = true;
      this.#options.log.warn('Broker takes no messages', { reason });
    });
    model.on('unblocked', () => {
      this.#isBlocked = false;
    });
  }
}
