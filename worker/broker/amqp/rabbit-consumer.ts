import { setTimeout as pause } from 'node:timers/promises';
import type { ChannelModel, ConfirmChannel, ConsumeMessage } from 'amqplib';
import { type BrokerTopology, failureHeaders } from '../../../contracts/broker.ts';
import { workerMetrics } from '../../../contracts/worker.ts';
import { errorFrom } from '../../failures.ts';
import type { WorkerMetrics } from '../../observability/metrics.ts';
import type { MessageConsumer } from '../message-consumer.ts';
import type { MessageHandling, Settlement } from '../message-handling.ts';
import { BrokerLink, type BrokerLinkOptions, closeQuietly } from './broker-link.ts';
import { ConfirmedPublishing } from './confirmed.ts';
import { declareTopology } from './topology.ts';

export interface RabbitConsumerOptions<Event> extends BrokerLinkOptions {
  readonly topology: BrokerTopology;
  readonly handling: MessageHandling<Event>;
  readonly metrics: WorkerMetrics;
  /** Messages in hand at a time; one that waits for its next try is in hand too. */
  readonly prefetch: number;
}

/** How long the dead-letter exchange may take to confirm a message that is given up. */
const buryWithinMs = 10_000;

/**
 * Takes messages from a quorum queue of RabbitMQ.
 *
 * Each is acknowledged when it is done, not before: what this process had in hand when it died, or when the
 * connection went, is handed out again. A message that failed is put back after a pause, and the broker counts
 * that; one that is given up goes to the DLQ with the reason, which the broker's own dead-lettering does not tell.
 */
export class RabbitConsumer<Event> implements MessageConsumer {
  readonly #options: RabbitConsumerOptions<Event>;
  readonly #link: BrokerLink;
  readonly #inHand = new Set<Promise<void>>();
  readonly #stopping = new AbortController();
  readonly #outOfTime = new AbortController();
  #cancel: () => Promise<unknown> = () => Promise.resolve();

  constructor(options: RabbitConsumerOptions<Event>) {
    this.#options = options;
    this.#link = new BrokerLink(options);
    this.#link.open(connection => this.#setUp(connection));
  }

  get isConnected(): boolean {
    return this.#link.isUp;
  }

  async stop(withinMs: number): Promise<void> {
    this.#stopping.abort();
    // Sent before what is still to be acknowledged, so that the broker hands nothing out in its place.
    await this.#cancel().catch(() => undefined);
    const outOfTime = Promise.withResolvers<void>();
    const timer = setTimeout(outOfTime.resolve, withinMs);
    await Promise.race([Promise.all(this.#inHand), outOfTime.promise]);
    clearTimeout(timer);
    this.#outOfTime.abort(new Error('The consumer stops.'));
    await this.#link.close();
  }

  async #setUp(connection: ChannelModel): Promise<void> {
    const { topology, handling, prefetch } = this.#options;
    await declareTopology(connection, topology);
    const channel = await connection.createConfirmChannel();
    channel.on('error', () => undefined);
    channel.once('close', () => closeQuietly(connection));
    await channel.prefetch(prefetch);
    const publishing = new ConfirmedPublishing(channel, buryWithinMs);
    const { consumerTag } = await channel.consume(handling.queue.name, message => {
      // The broker has canceled the consumer: the queue is gone, or its node.
      if (message === null) void channel.close().catch(() => undefined);
      else this.#take(message, channel, publishing);
    });
    this.#cancel = async () => channel.cancel(consumerTag);
  }

  #take(message: ConsumeMessage, channel: ConfirmChannel, publishing: ConfirmedPublishing): void {
    const work = this.#work(message, channel, publishing).finally(() => this.#inHand.delete(work));
    this.#inHand.add(work);
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
      // The channel is gone, and the message with it: it is handed out again, to whoever is there.
      metrics.count(workerMetrics.jobsLost);
      log.warn('Message not settled', { message_id: messageId, error: errorFrom(thrown) });
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
    { reason, kind, tries }: Extract<Settlement, { readonly action: 'bury' }>,
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
        headers: {
          ...headers,
          [failureHeaders.reason]: reason,
          [failureHeaders.kind]: kind,
          [failureHeaders.tries]: tries,
          [failureHeaders.queue]: handling.queue.name,
        },
      },
    });
  }
}
