import type { Channel, ChannelModel } from 'amqplib';
import {
  type BrokerTopology,
  deadLetterQueueArguments,
  deadLetterQueueOf,
} from '../../../contracts/broker.ts';

/**
 * Declares exchanges, queues, DLQs and bindings, on a channel of its own. Whoever finds them as they are declared
 * changes nothing; the broker refuses whoever declares them otherwise.
 */
export async function declareTopology(connection: ChannelModel, topology: BrokerTopology): Promise<void> {
  const channel = await connection.createChannel();
  // A refusal closes the channel, and rejects what was asked.
  channel.on('error', () => undefined);
  const { exchange, deadLetterExchange } = topology;
  await channel.assertExchange(exchange, 'direct', { durable: true });
  await channel.assertExchange(deadLetterExchange, 'direct', { durable: true });
  for (const queue of topology.queues) {
    await declareDeadLetterQueue(channel, deadLetterExchange, queue.name);
    await channel.assertQueue(queue.name, { durable: true, arguments: topology.argumentsOf(queue) });
    for (const type of queue.events.types) await channel.bindQueue(queue.name, exchange, type);
  }
  await channel.close();
}

async function declareDeadLetterQueue(channel: Channel, exchange: string, name: string): Promise<void> {
  const deadLetterQueue = deadLetterQueueOf({ name }, 'amqp');
  await channel.assertQueue(deadLetterQueue, { durable: true, arguments: deadLetterQueueArguments });
  await channel.bindQueue(deadLetterQueue, exchange, name);
}
