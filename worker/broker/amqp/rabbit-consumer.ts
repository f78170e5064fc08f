import { setTimeout as pause } from 'node:timers/promises';
import type { ConfirmChannel, ConsumeMessage } from 'amqplib';
import { workerMetrics } from '../../../contracts/worker.ts';
import { errorFrom } from '../../failures.ts';
import { BrokerLink, closeQuietly } from '../broker-link.ts';
import { type MessageConsumer, type MessageConsumerOptions, moveWithinMs } from '../message-consumer.ts';
import type { Burial, Settlement } from '../message-handling.ts';
import { WorkInHand } from '../work-in-hand.ts';
import { AmqpConnection } from './amqp-connection.ts';
import { ConfirmedPublishing } from './confirmed.ts';
import { declareTopology } from './topology.ts';

/**
 * Takes messages from a quorum queue of RabbitMQ.
 *
 * Each is acknowledged when it is done, not before: what this process had in hand when it died, or when the
 * connection went, is handed out again. A message that failed is put back after a pause, and the broker counts
 * that; one that is given up goes to the DLQ with the reason, which the broker's own dead-lettering does not tell.
 */
export class RabbitConsumer<Event> implements MessageConsumer {
  readonly #options: MessageConsumerOptions<Event>;
  readonly #link: BrokerLink<AmqpConnection>;
  readonly #inHand = new WorkInHand();
  readonly #stopping = new AbortController();
  readonly #outOfTime = new AbortController();
  #cancel: () => Promise<unknown> = () => Promise.resolve();

  constructor(options: MessageConsumerOptions<Event>) {
    this.#options = options;
    this.#link = new BrokerLink(options, AmqpConnection.open);
    this.#link.open(connection => this.#setUp(connection));
  }

  get isConnected(): boolean {
    return this.#link.isUp;
  }

  async stop(withinMs: number): Promise<void> {
    this.#stopping.abort();
    // Sent before what is still to be acknowledged, so that the broker hands nothing out in its place.
    await this.#cancel().catch(() => undefined);
    await this.#inHand.done(withinMs);
    this.#outOfTime.abort(new Error('The consumer stops.'));
    await this.#link.close();
  }

  async #setUp(connection: AmqpConnection): Promise<void> {
    const { topology, handling, prefetch } = this.#options;
    await declareTopology(connection.model, topology);
    const channel = await connection.model.createConfirmChannel();
    channel.on('error', () => undefined);
    channel.once('close', () => closeQuietly(connection));
    await channel.prefetch(prefetch);
    const publishing = new ConfirmedPublishing(channel, moveWithinMs);
    const { consumerTag } = await channel.consume(handling.queue.name, message => {
      // The broker has canceled the consumer: the queue is gone, or its node.
      if (message === null) void channel.close().catch(() => undefined);
      else this.#inHand.add(this.#work(message, channel, publishing));
    });
    this.#cancel = async () => channel.cancel(consumerTag);
  }

  async #work(message: ConsumeMessage, channel: ConfirmChannel, publishing: ConfirmedPublishing) {
    const { handling, log, metrics } = this.#options;
    const { headers = {}, messageId } = message.properties;
    const settlement = await handling.settle({
      body: message.content.toString(),
      messageId,
      tries: Number(headers['x-delivery-count'] ?? 0) + 1,
      signal: this.#outOfTime.signal,
    });
    try {
      await this.#carryOut(settlement, message, channel, publishing);
    } catch (thrown) {
      metrics.count(workerMetrics.jobsLost);
      log.warn('Message not settled', { message_id: messageId, error: errorFrom(thrown) });
      putBack(message, channel);
    }
  }

  async #carryOut(
    settlement: Settlement,
    message: ConsumeMessage,
    channel: ConfirmChannel,
    publishing: ConfirmedPublishing,
  ): Promise<void> {
    switch (settlement.action) {
      case 'accept':
        channel.ack(message);
        return;
      case 'retry':
        // In hand meanwhile, so that a broken dependency slows the taking down. Stopping cuts it short.
        await pause(settlement.afterMs, undefined, { signal: this.#stopping.signal }).catch(() => undefined);
        channel.nack(message, false, true);
        return;
      case 'bury':
        await this.#bury(settlement, message, publishing);
        channel.ack(message);
    }
  }

  #bury(
    settlement: Burial,
    { content, properties }: ConsumeMessage,
    publishing: ConfirmedPublishing,
  ): Promise<void> {
    const { topology, handling } = this.#options;
    const { contentType, type, correlationId, headers } = properties;
    return publishing.publish({
      exchange: topology.deadLetterExchange,
      routingKey: handling.queue.name,
      body: content,
      options: {
        contentType,
        type,
        correlationId,
        headers: { ...headers, ...handling.failureHeaders(settlement) },
      },
    });
  }
}

/** Lets a message come again that could not be given up; the broker counts that, and gives it up itself in the end. */
function putBack(message: ConsumeMessage, channel: ConfirmChannel): void {
  try {
    channel.nack(message, false, true);
  } catch {
    // The channel is gone, and the message with it: it is handed out again, to whoever is there.
  }
}
