import type { BrokerMessage } from '../../../contracts/broker.ts';
import { BrokerLink } from '../broker-link.ts';
import {
  type MessagePublisher,
  type MessagePublisherOptions,
  UnroutableMessageError,
} from '../message-publisher.ts';
import { WhenConnected } from '../when-connected.ts';
import { StompConnection } from './stomp-connection.ts';

/**
 * Publishes to queues of ActiveMQ, over a connection that comes back.
 *
 * ActiveMQ has no exchange, and makes a queue for whatever is sent anywhere. So the topology alone says where a
 * message goes, and that nobody takes it; and all its queues have it, or none, since it is sent to them in one
 * transaction.
 */
export class StompPublisher implements MessagePublisher {
  readonly #options: MessagePublisherOptions;
  readonly #link: BrokerLink<StompConnection>;
  readonly #connection = new WhenConnected<StompConnection>();

  constructor(options: MessagePublisherOptions) {
    this.#options = options;
    this.#link = new BrokerLink(options, StompConnection.open);
    this.#link.open(async connection => {
      this.#connection.set(connection);
      void connection.closed.then(() => this.#connection.clear());
    });
  }

  async publish({ routingKey, body, correlationId }: BrokerMessage): Promise<void> {
    const { topology, connectWithinMs = 10_000, confirmWithinMs = 10_000 } = this.#options;
    const queues = topology.queuesFor(routingKey);
    if (queues.length === 0) {
      throw new UnroutableMessageError(
        `No queue of ${topology.exchange} takes "${routingKey}". Let one do so in the topology, then redrive.`,
      );
    }
    const connection = await this.#connection.within(connectWithinMs);
    const headers = {
      'content-type': 'application/json',
      type: routingKey,
      ...(correlationId !== undefined && { 'correlation-id': correlationId }),
    };
    await connection.commit(
      { sent: queues.map(({ name: queue }) => ({ queue, body, headers })) },
      confirmWithinMs,
    );
  }

  close(): Promise<void> {
    return this.#link.close();
  }
}
