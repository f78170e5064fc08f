import { brokerProtocol } from '../../contracts/broker.ts';
import { RabbitConsumer } from './amqp/rabbit-consumer.ts';
import { RabbitPublisher } from './amqp/rabbit-publisher.ts';
import type { MessageConsumer, MessageConsumerOptions } from './message-consumer.ts';
import type { MessagePublisher, MessagePublisherOptions } from './message-publisher.ts';
import { StompConsumer } from './stomp/stomp-consumer.ts';
import { StompPublisher } from './stomp/stomp-publisher.ts';

/** A publisher to the broker at these addresses: what it speaks, their scheme tells. */
export function openPublisher(options: MessagePublisherOptions): MessagePublisher {
  return brokerProtocol(options.addresses) === 'stomp'
    ? new StompPublisher(options)
    : new RabbitPublisher(options);
}

/** A consumer of a queue of the broker at these addresses. */
export function openConsumer<Event>(options: MessageConsumerOptions<Event>): MessageConsumer {
  return brokerProtocol(options.addresses) === 'stomp'
    ? new StompConsumer(options)
    : new RabbitConsumer(options);
}
