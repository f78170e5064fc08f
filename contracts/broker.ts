import * as v from 'valibot';
import type { EncodedEvent, EventSelection } from './events.ts';

/**
 * A queue on a RabbitMQ broker: what it takes, and how often.
 *
 * Its consumers declare it, since Amazon MQ's configuration knows no queues. All of it is in the queue's
 * arguments, which cannot be changed: another delivery limit is another queue.
 */
export interface BrokerQueue<Event = unknown> {
  readonly name: string;
  /** The events that are routed to it. */
  readonly events: EventSelection<Event>;
  /**
   * How often a message is handed out. A consumer gives it up after as many tries; the broker itself after one
   * more, where consumers die of it before they can.
   */
  readonly deliveryLimit: number;
}

/** What a queue or exchange is declared with. */
export type BrokerArguments = Readonly<Record<string, string | number>>;

/** An exchange that routes events by their type, and the queues behind it. */
export class BrokerTopology {
  readonly exchange: string;
  readonly queues: readonly BrokerQueue[];

  constructor({ exchange, queues }: { readonly exchange: string; readonly queues: readonly BrokerQueue[] }) {
    this.exchange = exchange;
    this.queues = queues;
  }

  /** Where a message goes that its queue gave up, under the queue's name. */
  get deadLetterExchange(): string {
    return `${this.exchange}.dead`;
  }

  /**
   * Arguments of a queue: replicated to all nodes, and with a dead letter that is not lost on its way.
   *
   * @see https://www.rabbitmq.com/docs/quorum-queues#dead-lettering
   */
  argumentsOf({ name, deliveryLimit }: BrokerQueue): BrokerArguments {
    return {
      'x-queue-type': 'quorum',
      'x-delivery-limit': deliveryLimit,
      'x-dead-letter-exchange': this.deadLetterExchange,
      'x-dead-letter-routing-key': name,
      // Kept until the DLQ has it; asks for a queue that refuses what it cannot take.
      'x-dead-letter-strategy': 'at-least-once',
      'x-overflow': 'reject-publish',
    };
  }
}

/** The DLQ of a queue: where its messages wait for a person. */
export function deadLetterQueueOf({ name }: Pick<BrokerQueue, 'name'>): string {
  return `${name}.dead`;
}

/**
 * Arguments of a DLQ, with no limit that a person would come up to: RabbitMQ 4 drops a message at the 20th look
 * otherwise.
 */
export const deadLetterQueueArguments: BrokerArguments = {
  'x-queue-type': 'quorum',
  'x-delivery-limit': 1_000_000,
};

/** Headers that a consumer gives to a message that it gives up. */
export const failureHeaders = {
  /** Name and message of the error. */
  reason: 'x-failure-reason',
  /** `permanent`, `passing` or `unexpected`. */
  kind: 'x-failure-kind',
  /** How often it was tried. */
  tries: 'x-failure-tries',
  /** Queue that it was taken from. */
  queue: 'x-failure-queue',
} as const;

/** A message as a broker carries it. */
export interface BrokerMessage {
  readonly routingKey: string;
  readonly body: string;
  readonly correlationId?: string;
}

/** An event for an exchange that routes by type. */
export function brokerMessageOf(
  event: { readonly event_type: string; readonly correlation_id: string },
  { body }: Pick<EncodedEvent, 'body'>,
): BrokerMessage {
  return { routingKey: event.event_type, body, correlationId: event.correlation_id };
}

const loopback = new Set(['127.0.0.1', 'localhost', '[::1]']);
const withTls = new Set(['amqps:', 'amqp+ssl:']);

/** Whether everything that goes to a broker's address is encrypted, or does not leave the machine. */
function isPrivate(address: string): boolean {
  if (!URL.canParse(address)) return false;
  const { protocol, hostname } = new URL(address);
  return withTls.has(protocol) || (/^amqp(\+nio)?:$/.test(protocol) && loopback.has(hostname));
}

/**
 * Addresses of a broker, as `AmqpEndpoints` gives them, with commas between: `amqps://` speaks AMQP 0-9-1
 * (RabbitMQ), `amqp+ssl://` AMQP 1.0 (ActiveMQ); without TLS, this machine alone.
 */
export const brokerAddresses = v.pipe(
  v.string(),
  v.transform(text => text.split(',')),
  v.array(
    v.pipe(
      v.string(),
      v.url(),
      v.check(isPrivate, 'expected amqps:// or amqp+ssl://; without TLS on 127.0.0.1 alone'),
    ),
  ),
);

/** What a broker's secret holds, as Lambda expects it too. */
export const brokerCredentials = v.object({
  username: v.pipe(v.string(), v.minLength(2)),
  password: v.pipe(v.string(), v.minLength(12)),
});

export type BrokerCredentials = v.InferOutput<typeof brokerCredentials>;
