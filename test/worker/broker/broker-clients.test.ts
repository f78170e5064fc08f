import { BrokerTopology } from '../../../contracts/broker.ts';
import { warehouseQueue } from '../../../contracts/message-broker.ts';
import { RabbitConsumer } from '../../../worker/broker/amqp/rabbit-consumer.ts';
import { RabbitPublisher } from '../../../worker/broker/amqp/rabbit-publisher.ts';
import { openConsumer, openPublisher } from '../../../worker/broker/broker-clients.ts';
import { MessageHandling } from '../../../worker/broker/message-handling.ts';
import { StompConsumer } from '../../../worker/broker/stomp/stomp-consumer.ts';
import { StompPublisher } from '../../../worker/broker/stomp/stomp-publisher.ts';
import { RecordingLog, RecordingMetrics } from '../support/recording.ts';

it.each([
  ['AMQP 0-9-1', 'amqp://127.0.0.1:1', RabbitPublisher, RabbitConsumer],
  ['STOMP', 'stomp://127.0.0.1:1', StompPublisher, StompConsumer],
])('speaks %s where the scheme of the address says so', async (_, address, Publisher, Consumer) => {
  const log = new RecordingLog();
  const metrics = new RecordingMetrics();
  const options = {
    addresses: [address],
    credentials: () => Promise.resolve({ username: 'messaging', password: 'no-broker-is-there' }),
    name: 'test',
    log,
    topology: new BrokerTopology({ exchange: 'orders', queues: [warehouseQueue] }),
  };
  const handling = new MessageHandling({
    queue: warehouseQueue,
    handle: () => Promise.resolve({ outcome: 'picked' }),
    subject: () => ({}),
    retry: { firstMs: 1, lastMs: 1 },
    log,
    metrics,
  });
  const publisher = openPublisher(options);
  const consumer = openConsumer({ ...options, handling, metrics, prefetch: 1 });
  try {
    expect(publisher).toBeInstanceOf(Publisher);
    expect(consumer).toBeInstanceOf(Consumer);
  } finally {
    await publisher.close();
    await consumer.stop(0);
  }
});
