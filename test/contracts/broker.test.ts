import * as v from 'valibot';
import { brokerAddresses, deadLetterQueueOf } from '../../contracts/broker.ts';
import { orderTopology, warehouseQueue } from '../../contracts/message-broker.ts';

describe('addresses of a broker', () => {
  it.each([
    ['RabbitMQ on AWS', 'amqps://b-1234.mq.eu-west-1.on.aws:5671', 1],
    [
      'a pair of ActiveMQ',
      'amqp+ssl://b-1-1.mq.amazonaws.com:5671,amqp+ssl://b-1-2.mq.amazonaws.com:5671',
      2,
    ],
    ['this machine', 'amqp://127.0.0.1:5672', 1],
  ])('may be those of %s', (_, text, count) => {
    expect(v.parse(brokerAddresses, text)).toHaveLength(count);
  });

  it.each([
    ['without TLS', 'amqp://broker.example.com:5672'],
    ['of which one is without TLS', 'amqps://broker.example.com:5671,amqp://broker.example.com:5672'],
    ['of something else', 'https://broker.example.com'],
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
  expect(deadLetterQueueOf(warehouseQueue)).toBe('warehouse.dead');
});
