import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { BrokerTopology } from '../../../contracts/broker.ts';
import { type WarehouseEvent, warehouseQueue } from '../../../contracts/message-broker.ts';
import { orderEvents } from '../../../contracts/orders.ts';
import { encodeFrame, StompDecoder, type StompHeaders } from '../../../contracts/stomp-frames.ts';
import { MessageHandling } from '../../../worker/broker/message-handling.ts';
import { StompConsumer } from '../../../worker/broker/stomp/stomp-consumer.ts';
import { DependencyDownError } from '../../../worker/failures.ts';
import { orderPlaced } from '../../support/order-events.ts';
import { RecordingLog, RecordingMetrics } from '../support/recording.ts';
import { until } from '../support/until.ts';

it('keeps a message that came before the word that the one before it was moved, also when it stops then', async () => {
  const heard: string[] = [];
  const server = createServer(socket => {
    const decoder = new StompDecoder();
    const say = (command: string, headers: StompHeaders, body = '') =>
      encodeFrame({ command, headers, body });
    const order = (orderId: string) =>
      say(
        'MESSAGE',
        { subscription: 'place-0', 'message-id': orderId, ack: orderId, destination: '/queue/warehouse' },
        orderEvents.encode(orderPlaced({ order_id: orderId })).body,
      );
    socket.on('error', () => undefined);
    socket.on('data', data => {
      for (const { command, headers } of decoder.push(data)) {
        heard.push([command, headers.id].filter(Boolean).join(' '));
        const receipt = say('RECEIPT', { 'receipt-id': headers.receipt ?? '' });
        if (command === 'CONNECT') socket.write(say('CONNECTED', { version: '1.2', 'heart-beat': '0,0' }));
        if (command === 'SUBSCRIBE') socket.write(Buffer.concat([receipt, order('first')]));
        // The second fills the place that the first has left, and is faster than the word of that.
        if (command === 'COMMIT') socket.write(Buffer.concat([order('second'), receipt]));
        if (command === 'DISCONNECT') socket.end(receipt);
      }
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const finished = Promise.withResolvers<void>();
  const begun: string[] = [];
  const log = new RecordingLog();
  const metrics = new RecordingMetrics();
  const consumer = new StompConsumer<WarehouseEvent>({
    addresses: [`stomp://127.0.0.1:${port}`],
    credentials: () => Promise.resolve({ username: 'messaging', password: 'password-of-the-broker' }),
    name: 'test',
    log,
    metrics,
    topology: new BrokerTopology({ exchange: 'orders', queues: [warehouseQueue] }),
    prefetch: 1,
    handling: new MessageHandling({
      queue: warehouseQueue,
      async handle({ order_id }) {
        begun.push(order_id);
        if (order_id === 'first') throw new DependencyDownError('DynamoDB did not answer.');
        await finished.promise;
        return { outcome: 'picked' };
      },
      subject: ({ order_id }) => ({ order_id }),
      retry: { firstMs: 1, lastMs: 1 },
      log,
      metrics,
    }),
  });
  try {
    await until('the second is begun', () => begun.includes('second'));
    const stopped = consumer.stop(5_000);
    finished.resolve();
    await stopped;
    expect(heard.slice(heard.indexOf('COMMIT'))).toEqual([
      'COMMIT',
      'ACK second',
      'UNSUBSCRIBE place-0',
      'DISCONNECT',
    ]);
    expect(metrics.of('JobsLost')).toBe(0);
  } finally {
    await consumer.stop(0);
    server.close();
  }
});
