import * as v from 'valibot';
import { brokerAddresses, brokerProtocol, deadLetterQueueOf } from '../../contracts/broker.ts';
import { orderTopology, warehouseQueue } from '../../contracts/message-broker.ts';

describe('addresses of a broker', () => {
  it.each([
    ['RabbitMQ on AWS', 'amqps://b-1234.mq.eu-west-1.on.aws:5671', 1, 'amqp'],
    [
      'a pair of ActiveMQ',
      'stomp+ssl://b-1-1.mq.amazonaws.com:61614,stomp+ssl://b-1-2.mq.amazonaws.com:61614',
      2,
      'stomp',
    ],
    ['a RabbitMQ of this machine', 'amqp://127.0.0.1:5672', 1, 'amqp'],
    ['an ActiveMQ of this machine', 'stomp://127.0.0.1:61613', 1, 'stomp'],
  ])('may be those of %s, and tell what is spoken there', (_, text, count, protocol) => {
    const addresses = v.parse(brokerAddresses, text);
    expect(addresses).toHaveLength(count);
    expect(brokerProtocol(addresses)).toBe(protocol);
  });

  it.each([
    ['without TLS', 'amqp://broker.example.com:5672'],
    ['of which one is without TLS', 'amqps://broker.example.com:5671,amqp://broker.example.com:5672'],
    ['of ActiveMQ without TLS', 'stomp://broker.example.com:61613'],
    ['of two kinds of brokers', 'amqps://broker.example.com:5671,stomp+ssl://broker.example.com:61614'],
    ['of something else', 'https://broker.example.com'],
    ['that nothing here speaks', 'amqp+ssl://broker.example.com:5671'],
    ['that are none', ''],
  ])('may be none %s', (_, text) => {
    expect(v.safeParse(brokerAddresses, text).success).toBe(false);
  });
});

it('replicates a queue, limits its tries, and loses no dead letter on its way', () => {
  expect(orderTopology.argumentsOf(warehouseQueue)).toEqual({
    'x-queue-type': 'quorum',
    'x-delivery-limit': 5,
    'x-dead-letter-exchange': 'orders.dead',
    'x-dead-letter-routing-key': 'warehouse',
    'x-dead-letter-strategy': 'at-least-once',
    'x-overflow': 'reject-publish',
  });
  expect(deadLetterQueueOf(warehouseQueue, 'amqp')).toBe('warehouse.dead');
});

it('routes an event to the queues that are for its type', () => {
  const names = (type: string) => orderTopology.queuesFor(type).map(({ name }) => name);
  expect(names('order_placed')).toEqual(['warehouse', 'invoices']);
  expect(names('order_canceled')).toEqual(['warehouse']);
  expect(names('order_lost')).toEqual([]);
});
