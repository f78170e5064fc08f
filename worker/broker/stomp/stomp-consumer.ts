import { setTimeout as pause } from 'node:timers/promises';
import { deadLetterQueueOf, triesHeader } from '../../../contracts/broker.ts';
import type { StompFrame, StompHeaders } from '../../../contracts/stomp-frames.ts';
import { workerMetrics } from '../../../contracts/worker.ts';
import { errorFrom } from '../../failures.ts';
import { BrokerLink, closeQuietly } from '../broker-link.ts';
import { type MessageConsumer, type MessageConsumerOptions, moveWithinMs } from '../message-consumer.ts';
import type { Settlement } from '../message-handling.ts';
import { WorkInHand } from '../work-in-hand.ts';
import { StompConnection } from './stomp-connection.ts';

/** Headers that the broker or this consumer gives a message anew when it is sent elsewhere. */
const ofOneDelivery = new Set([
  'ack',
  'amq-msg-type',
  'content-length',
  'destination',
  'message-id',
  'original-destination',
  'originalExpiration',
  'persistent',
  'receipt',
  'redelivered',
  'redeliveryDelay',
  'scheduledJobId',
  'subscription',
  'timestamp',
  triesHeader,
]);

/**
 * Takes messages from a queue of ActiveMQ.
 *
 * Each is acknowledged when it is done, not before: what this process had in hand when it died, or when the
 * connection went, is handed out again. The broker keeps no count of that which a consumer could see or limit, and
 * gives no reason to its DLQ. So the consumer moves a message itself, in one transaction with its acknowledgement:
 * to the end of its queue with a higher count, or to the DLQ with the reason.
 *
 * It has a subscription for each message that it may have in hand, and not one with as large a window: ending a
 * subscription takes back what was handed out by it, and stopping would take away what is being worked on.
 */
export class StompConsumer<Event> implements MessageConsumer {
  readonly #options: MessageConsumerOptions<Event>;
  readonly #link: BrokerLink<StompConnection>;
  readonly #inHand = new WorkInHand();
  readonly #stopping = new AbortController();
  readonly #outOfTime = new AbortController();
  #closeEmpty: () => void = () => undefined;

  constructor(options: MessageConsumerOptions<Event>) {
    this.#options = options;
    this.#link = new BrokerLink(options, StompConnection.open);
    this.#link.open(connection => this.#setUp(connection));
  }

  get isConnected(): boolean {
    return this.#link.isUp;
  }

  async stop(withinMs: number): Promise<void> {
    this.#stopping.abort();
    this.#closeEmpty();
    await this.#inHand.done(withinMs);
    this.#outOfTime.abort(new Error('The consumer stops.'));
    await this.#link.close();
  }

  async #setUp(connection: StompConnection): Promise<void> {
    const { handling, prefetch } = this.#options;
    const places = Array.from({ length: prefetch }, (_, index) => new Place(`place-${index}`, connection));
    this.#closeEmpty = () => {
      for (const place of places) place.closeIfEmpty();
    };
    await Promise.all(
      places.map(place =>
        connection.subscribe(place.id, handling.queue.name, message =>
          this.#take(message, place, connection),
        ),
      ),
    );
  }

  #take(message: StompFrame, place: Place, connection: StompConnection): void {
    // On its way when the consumer stopped: the broker has it back when the place is closed.
    if (this.#stopping.signal.aborted) return;
    place.count += 1;
    const work = this.#work(message, connection).finally(() => {
      place.count -= 1;
      if (this.#stopping.signal.aborted) place.closeIfEmpty();
    });
    this.#inHand.add(work);
  }

  async #work(message: StompFrame, connection: StompConnection): Promise<void> {
    const { handling, log, metrics } = this.#options;
    const messageId = message.headers['message-id'];
    const tries = (Number.parseInt(message.headers[triesHeader] ?? '', 10) || 0) + 1;
    const settlement =
      message.headers.redelivered === 'true'
        ? handling.settleUnsettled({ messageId, tries })
        : await handling.settle({ body: message.body, messageId, tries, signal: this.#outOfTime.signal });
    try {
      await this.#carryOut(settlement, message, tries, connection);
    } catch (thrown) {
      // The connection is gone, and the message with it: it is handed out again, to whoever is there.
      metrics.count(workerMetrics.jobsLost);
      log.warn('Message not settled', { message_id: messageId, error: errorFrom(thrown) });
      await closeQuietly(connection);
    }
  }

  async #carryOut(
    settlement: Settlement,
    message: StompFrame,
    tries: number,
    connection: StompConnection,
  ): Promise<void> {
    const { queue } = this.#options.handling;
    switch (settlement.action) {
      case 'accept':
        connection.acknowledge(message);
        return;
      case 'retry':
        // In hand meanwhile, so that a broken dependency slows the taking down. Stopping cuts it short.
        await pause(settlement.afterMs, undefined, { signal: this.#stopping.signal }).catch(() => undefined);
        await move(message, queue.name, { [triesHeader]: String(tries) }, connection);
        return;
      case 'bury': {
        const headers = Object.entries(this.#options.handling.failureHeaders(settlement));
        const told = Object.fromEntries(headers.map(([name, value]) => [name, String(value)]));
        await move(message, deadLetterQueueOf(queue, 'stomp'), told, connection);
      }
    }
  }
}

/** A subscription for one message at a time. */
class Place {
  readonly id: string;
  /** Messages of it in hand: two for a moment, when the next one comes before the word that one was moved. */
  count = 0;
  readonly #connection: StompConnection;

  constructor(id: string, connection: StompConnection) {
    this.id = id;
    this.#connection = connection;
  }

  /** Is handed nothing more; what is in hand would be taken away, so it waits for that. */
  closeIfEmpty(): void {
    if (this.count === 0) this.#connection.unsubscribe(this.id);
  }
}

/** Puts a message into a queue and takes it out of its own, both or neither. */
function move(
  message: StompFrame,
  queue: string,
  told: StompHeaders,
  connection: StompConnection,
): Promise<void> {
  const kept = Object.entries(message.headers).filter(([name]) => !ofOneDelivery.has(name));
  const moved = { queue, body: message.body, headers: { ...Object.fromEntries(kept), ...told } };
  return connection.commit({ sent: [moved], acknowledged: [message] }, moveWithinMs);
}
