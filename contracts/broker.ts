import * as v from 'valibot';
import type { EncodedEvent, EventSelection } from './events.ts';

/**
 * A queue on a broker: what it takes, and how often.
 *
 * On RabbitMQ its programs declare it, since Amazon MQ's configuration knows no queues. All of it is in the queue's
 * arguments, which cannot be changed: another delivery limit is another queue. On ActiveMQ it is there when somebody
 * first asks for it, and its programs keep to what stands here.
 */
export interface BrokerQueue<Event = unknown> {
  readonly name: string;
  /** The events that are routed to it. */
  readonly events: EventSelection<Event>;
  /**
   * How often a message is handed out. A consumer gives it up after as many tries; where consumers die of it
   * before they can, it is given up after one more: by RabbitMQ itself, on ActiveMQ by the next consumer.
   */
  readonly deliveryLimit: number;
}

/** What a queue or exchange is declared with. */
export type BrokerArguments = Readonly<Record<string, string | number>>;

/** An exchange that routes events by their type, and the queues behind it; ActiveMQ has the queues alone. */
export class BrokerTopology {
  readonly exchange: string;
  readonly queues: readonly BrokerQueue[];

  constructor({ exchange, queues }: { readonly exchange: string; readonly queues: readonly BrokerQueue[] }) {
    this.exchange = exchange;
    this.queues = queues;
  }

  /** The queues that an event of this type is routed to. */
  queuesFor(eventType: string): readonly BrokerQueue[] {
    return this.queues.filter(({ events }) => events.types.includes(eventType));
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

/** What a broker speaks to its programs: AMQP 0-9-1 (RabbitMQ), or STOMP 1.2 (ActiveMQ). */
export type BrokerProtocol = 'amqp' | 'stomp';

/** What ActiveMQ's configuration puts before a queue's name for its DLQ. */
export const activeMqDeadLetterPrefix = 'DLQ.';

/** The DLQ of a queue: where its messages wait for a person. */
export function deadLetterQueueOf({ name }: Pick<BrokerQueue, 'name'>, protocol: BrokerProtocol): string {
  return protocol === 'stomp' ? `${activeMqDeadLetterPrefix}${name}` : `${name}.dead`;
}

/**
 * Arguments of a DLQ, with no limit that a person would come up to: RabbitMQ 4 drops a message at the 20th look
 * otherwise.
 */
export const deadLetterQueueArguments: BrokerArguments = {
  'x-queue-type': 'quorum',
  'x-delivery-limit': 1_000_000,
};

/**
 * Header of a message on ActiveMQ: how often it was handed out before. RabbitMQ counts by itself; of ActiveMQ, STOMP
 * tells only whether somebody had the message before.
 */
export const triesHeader = 'x-tries';

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

const withTls: Readonly<Record<string, BrokerProtocol>> = { 'amqps:': 'amqp', 'stomp+ssl:': 'stomp' };
const withoutTls: Readonly<Record<string, BrokerProtocol>> = { 'amqp:': 'amqp', 'stomp:': 'stomp' };
const loopback = new Set(['127.0.0.1', 'localhost', '[::1]']);

/** Whether everything that goes to a broker's address is encrypted, or does not leave the machine. */
function isPrivate(address: string): boolean {
  if (!URL.canParse(address)) return false;
  const { protocol, hostname } = new URL(address);
  return Object.hasOwn(withTls, protocol) || (Object.hasOwn(withoutTls, protocol) && loopback.has(hostname));
}

/** What is spoken at a broker's addresses: their scheme tells. */
export function brokerProtocol([address = '']: readonly string[]): BrokerProtocol {
  const { protocol } = new URL(address);
  const spoken = withTls[protocol] ?? withoutTls[protocol];
  if (spoken === undefined) throw new Error(`Nothing here speaks ${protocol} to a broker.`);
  return spoken;
}

/**
 * Addresses of a broker, as `AmqpEndpoints` and `StompEndpoints` give them, with commas between: `amqps://` speaks
 * AMQP 0-9-1, `stomp+ssl://` STOMP; without TLS, this machine alone.
 */
export const brokerAddresses = v.pipe(
  v.string(),
  v.transform(text => text.split(',')),
  v.array(
    v.pipe(
      v.string(),
      v.url(),
      v.check(isPrivate, 'expected amqps:// or stomp+ssl://; without TLS on 127.0.0.1 alone'),
    ),
  ),
  v.check(
    addresses => new Set(addresses.map(address => address.split(':')[0])).size === 1,
    'expected addresses of one broker, which all have one scheme',
  ),
);

/** What a broker's secret holds, as Lambda expects it too. */
export const brokerCredentials = v.object({
  username: v.pipe(v.string(), v.minLength(2)),
  password: v.pipe(v.string(), v.minLength(12)),
});

export type BrokerCredentials = v.InferOutput<typeof brokerCredentials>;
