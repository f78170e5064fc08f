import { setTimeout as pause } from 'node:timers/promises';
import { jest } from '@jest/globals';
import {
  BrokerTopology,
  brokerMessageOf,
  deadLetterQueueOf,
  failureHeaders,
} from '../../../contracts/broker.ts';
import { type WarehouseEvent, warehouseEvents } from '../../../contracts/message-broker.ts';
import { orderEvents } from '../../../contracts/orders.ts';
import type { RabbitMqServer } from '../../../local/brokers/rabbitmq-server.ts';
import { RabbitConsumer } from '../../../worker/broker/amqp/rabbit-consumer.ts';
import { RabbitPublisher } from '../../../worker/broker/amqp/rabbit-publisher.ts';
import { MessageHandling } from '../../../worker/broker/message-handling.ts';
import { UnroutableMessageError } from '../../../worker/broker/message-publisher.ts';
import { DependencyDownError } from '../../../worker/failures.ts';
import { orderPlaced } from '../../support/order-events.ts';
import {
  BrokerObserver,
  credentials,
  describeWithRabbitMq,
  isOnDisk,
  startRabbitMq,
} from '../../support/rabbitmq.ts';
import { RecordingLog, RecordingMetrics } from '../support/recording.ts';
import { until } from '../support/until.ts';

jest.setTimeout(60_000);

const deliveryLimit = 3;

describeWithRabbitMq('over RabbitMQ', () => {
  let server: RabbitMqServer;
  let observer: BrokerObserver;
  const open: (() => Promise<unknown>)[] = [];
  let topologies = 0;

  beforeAll(async () => {
    server = await startRabbitMq();
    observer = await BrokerObserver.at(server);
  });

  afterEach(async () => {
    for (const close of open.splice(0).reverse()) await close();
  });

  afterAll(async () => {
    await observer?.close();
    await server?.stop();
  });

  /** Each test has an exchange and a queue of its own. */
  function ownTopology() {
    topologies += 1;
    const queue = { name: `warehouse-${topologies}`, events: warehouseEvents, deliveryLimit };
    return { queue, topology: new BrokerTopology({ exchange: `orders-${topologies}`, queues: [queue] }) };
  }

  type Own = ReturnType<typeof ownTopology>;

  const linkOptions = (name: string) => ({
    addresses: [server.address],
    credentials: () => Promise.resolve(credentials),
    name,
    log: new RecordingLog(),
    backoff: { firstMs: 50, lastMs: 500 },
  });

  function publisherOn({ topology }: Own, times: { connectWithinMs?: number } = {}): RabbitPublisher {
    const publisher = new RabbitPublisher({ ...linkOptions('publisher'), topology, ...times });
    open.push(() => publisher.close());
    return publisher;
  }

  function consumerOn(
    { topology, queue }: Own,
    handle: (event: WarehouseEvent) => Promise<unknown>,
    prefetch = 10,
  ) {
    const log = new RecordingLog();
    const metrics = new RecordingMetrics();
    const consumer = new RabbitConsumer({
      ...linkOptions('consumer'),
      log,
      topology,
      prefetch,
      metrics,
      handling: new MessageHandling({
        queue,
        log,
        metrics,
        retry: { firstMs: 10, lastMs: 40 },
        subject: ({ order_id }) => ({ order_id }),
        async handle(event) {
          await handle(event);
          return { outcome: 'picked' };
        },
      }),
    });
    open.push(() => consumer.stop(0));
    return { consumer, log, metrics };
  }

  function placed(orderId: string) {
    const event = orderPlaced({ order_id: orderId });
    return brokerMessageOf(event, orderEvents.encode(event));
  }

  const waiting = (queue: string, count: number) =>
    until(`${count} messages in ${queue}`, async () => (await observer.waitingIn(queue)) === count);

  it('confirms a message once it is in a queue, and it stays there until somebody takes it', async () => {
    const own = ownTopology();
    await publisherOn(own).publish(placed('1'));
    expect(await observer.waitingIn(own.queue.name)).toBe(1);
    const message = await observer.take(own.queue.name);
    expect(message?.properties).toMatchObject({
      deliveryMode: 2,
      contentType: 'application/json',
      type: 'order_placed',
      correlationId: 'correlation-1',
    });
  });

  it('returns a message that no queue takes, and does not take it for published', async () => {
    const publisher = publisherOn(ownTopology());
    await expect(publisher.publish({ routingKey: 'order_lost', body: '{}' })).rejects.toThrow(
      UnroutableMessageError,
    );
    // The channel is as good as before.
    await publisher.publish(placed('1'));
  });

  it('hands a message to one consumer, and forgets it when that has acknowledged it', async () => {
    const own = ownTopology();
    const picked: string[] = [];
    const { consumer, metrics } = consumerOn(own, async ({ order_id }) => picked.push(order_id));
    await publisherOn(own).publish(placed('1'));
    await until('the order is picked', () => picked.length === 1);
    await consumer.stop(5_000);
    expect(picked).toEqual(['1']);
    expect(metrics.of('JobsDone')).toBe(1);
    expect(await observer.waitingIn(own.queue.name)).toBe(0);
    expect(await observer.waitingIn(deadLetterQueueOf(own.queue, 'amqp'))).toBe(0);
  });

  it('puts what is malformed into the DLQ at once, with the reason', async () => {
    const own = ownTopology();
    const picked: string[] = [];
    await publisherOn(own).publish({ routingKey: 'order_placed', body: '{"event_type":"order_placed"' });
    await publisherOn(own).publish(placed('2'));
    consumerOn(own, async ({ order_id }) => picked.push(order_id));
    await waiting(deadLetterQueueOf(own.queue, 'amqp'), 1);
    const dead = await observer.take(deadLetterQueueOf(own.queue, 'amqp'));
    expect(dead?.content.toString()).toBe('{"event_type":"order_placed"');
    expect(dead?.properties.headers).toMatchObject({
      [failureHeaders.reason]: expect.stringContaining('BadMessageError: The message body is not JSON'),
      [failureHeaders.kind]: 'permanent',
      [failureHeaders.tries]: 1,
      [failureHeaders.queue]: own.queue.name,
    });
    await until('the sound one is picked', () => picked.length === 1);
  });

  it('tries a message whose dependency is down as often as its queue allows, then gives it up', async () => {
    const own = ownTopology();
    let tries = 0;
    const { metrics } = consumerOn(own, async () => {
      tries += 1;
      throw new DependencyDownError('DynamoDB did not answer.');
    });
    await publisherOn(own).publish(placed('1'));
    await waiting(deadLetterQueueOf(own.queue, 'amqp'), 1);
    expect(tries).toBe(deliveryLimit);
    expect(metrics.of('JobsFailed')).toBe(deliveryLimit);
    expect(metrics.of('JobsFailedPassing')).toBe(deliveryLimit);
    const dead = await observer.take(deadLetterQueueOf(own.queue, 'amqp'));
    expect(dead?.properties.headers).toMatchObject({
      [failureHeaders.kind]: 'passing',
      [failureHeaders.tries]: deliveryLimit,
    });
  });

  it('handles what failed in passing when the dependency is there again', async () => {
    const own = ownTopology();
    const picked: string[] = [];
    let isDown = true;
    consumerOn(own, async ({ order_id }) => {
      if (isDown) {
        isDown = false;
        throw new DependencyDownError('DynamoDB did not answer.');
      }
      picked.push(order_id);
    });
    await publisherOn(own).publish(placed('1'));
    await until('the order is picked', () => picked.length === 1);
    await waiting(deadLetterQueueOf(own.queue, 'amqp'), 0);
  });

  it('lets the broker itself give up what kills its consumers', async () => {
    const own = ownTopology();
    await publisherOn(own).publish(placed('1'));
    // A consumer that dies in the middle, each time: its connection is gone, nothing was acknowledged.
    for (let died = 0; died <= deliveryLimit; died++) {
      const dying = await BrokerObserver.at(server);
      const channel = await dying.connection.createChannel();
      const taken = Promise.withResolvers<void>();
      await channel.consume(own.queue.name, () => taken.resolve());
      await taken.promise;
      await dying.close();
    }
    await waiting(deadLetterQueueOf(own.queue, 'amqp'), 1);
    const dead = await observer.take(deadLetterQueueOf(own.queue, 'amqp'));
    expect(dead?.properties.headers?.['x-death']).toMatchObject([
      { queue: own.queue.name, reason: 'delivery_limit' },
    ]);
  });

  it('finishes what it has in hand when it is told to stop, and leaves the rest', async () => {
    const own = ownTopology();
    const begun: string[] = [];
    const picked: string[] = [];
    const { promise: finished, resolve: finish } = Promise.withResolvers<void>();
    const { consumer } = consumerOn(
      own,
      async ({ order_id }) => {
        begun.push(order_id);
        await finished;
        picked.push(order_id);
      },
      1,
    );
    const publisher = publisherOn(own);
    await publisher.publish(placed('1'));
    await publisher.publish(placed('2'));
    await until('one is begun', () => begun.length === 1);
    const stopped = consumer.stop(20_000);
    finish();
    await stopped;
    expect(picked).toEqual(['1']);
    expect(await observer.waitingIn(own.queue.name)).toBe(1);
  });

  it('puts back what it could not finish in time', async () => {
    const own = ownTopology();
    const begun: string[] = [];
    const { consumer } = consumerOn(own, ({ order_id }) => {
      begun.push(order_id);
      return new Promise(() => undefined);
    });
    await publisherOn(own).publish(placed('1'));
    await until('it is begun', () => begun.length === 1);
    await consumer.stop(0);
    await waiting(own.queue.name, 1);
  });

  it('says that it could not publish when there is no broker', async () => {
    const publisher = new RabbitPublisher({
      ...linkOptions('nobody'),
      addresses: ['amqp://127.0.0.1:1'],
      topology: ownTopology().topology,
      connectWithinMs: 300,
    });
    open.push(() => publisher.close());
    await expect(publisher.publish(placed('1'))).rejects.toThrow(DependencyDownError);
  });

  // The last: it takes the broker away from under everybody.
  it('loses nothing when the broker dies in the middle, and has each effect once', async () => {
    const own = ownTopology();
    const picks = new Map<string, number>();
    let isUp = true;
    const { promise: died, resolve: dies } = Promise.withResolvers<void>();
    const { log } = consumerOn(own, async ({ order_id }) => {
      // Some are in hand when the broker dies: they come again, and find themselves done.
      if (isUp) await died;
      if (!picks.has(order_id)) picks.set(order_id, 1);
    });
    const publisher = publisherOn(own, { connectWithinMs: 30_000 });
    const orders = Array.from({ length: 60 }, (_, index) => `order-${index}`);
    const publishSurely = async (orderId: string): Promise<void> => {
      for (;;) {
        try {
          return await publisher.publish(placed(orderId));
        } catch (error) {
          if (!(error instanceof DependencyDownError)) throw error;
          await pause(20);
        }
      }
    };
    await Promise.all(orders.slice(0, 30).map(publishSurely));
    await until('the queue is on disk', () => isOnDisk(server, own.queue.name));
    const later = Promise.all(orders.slice(30).map(publishSurely));
    await server.kill();
    isUp = false;
    dies();
    await server.restart();
    await later;
    await until('all orders are picked', () => picks.size === orders.length, 30_000);
    expect([...picks.keys()].sort()).toEqual([...orders].sort());
    expect(log.all('Broker connected').length).toBeGreaterThanOrEqual(2);
    const again = await BrokerObserver.at(server);
    open.push(() => again.close());
    expect(await again.waitingIn(deadLetterQueueOf(own.queue, 'amqp'))).toBe(0);
    await until('the queue is empty', async () => (await again.waitingIn(own.queue.name)) === 0);
  });
});
