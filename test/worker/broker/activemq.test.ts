import { setTimeout as pause } from 'node:timers/promises';
import { jest } from '@jest/globals';
import {
  BrokerTopology,
  brokerMessageOf,
  deadLetterQueueOf,
  failureHeaders,
  triesHeader,
} from '../../../contracts/broker.ts';
import { invoiceEvents, type WarehouseEvent, warehouseEvents } from '../../../contracts/message-broker.ts';
import { orderEvents } from '../../../contracts/orders.ts';
import type { ActiveMqServer } from '../../../local/brokers/activemq-server.ts';
import { MessageHandling } from '../../../worker/broker/message-handling.ts';
import { UnroutableMessageError } from '../../../worker/broker/message-publisher.ts';
import { StompConsumer } from '../../../worker/broker/stomp/stomp-consumer.ts';
import { StompPublisher } from '../../../worker/broker/stomp/stomp-publisher.ts';
import { DependencyDownError } from '../../../worker/failures.ts';
import { BrokerObserver, credentials, describeWithActiveMq, startActiveMq } from '../../support/activemq.ts';
import { CuttableWay } from '../../support/cuttable-way.ts';
import { orderPlaced } from '../../support/order-events.ts';
import { RecordingLog, RecordingMetrics } from '../support/recording.ts';
import { throughout, until } from '../support/until.ts';

jest.setTimeout(60_000);

const deliveryLimit = 3;

describeWithActiveMq('over ActiveMQ', () => {
  let server: ActiveMqServer;
  let observer: BrokerObserver;
  const open: (() => Promise<unknown>)[] = [];
  let topologies = 0;

  beforeAll(async () => {
    // Of what another program refuses; the consumers here keep to the limit of their queues.
    server = await startActiveMq({ deliveryLimit: 2 });
    observer = await BrokerObserver.at(server);
  });

  afterEach(async () => {
    for (const close of open.splice(0).reverse()) await close();
  });

  afterAll(async () => {
    await observer?.close();
    await server?.stop();
  });

  /** Each test has queues of its own. */
  function ownTopology() {
    topologies += 1;
    const queue = { name: `warehouse-${topologies}`, events: warehouseEvents, deliveryLimit };
    return { queue, topology: new BrokerTopology({ exchange: `orders-${topologies}`, queues: [queue] }) };
  }

  type Own = ReturnType<typeof ownTopology>;

  const linkOptions = (name: string, port = server.port) => ({
    addresses: [`stomp://127.0.0.1:${port}`],
    credentials: () => Promise.resolve(credentials),
    name,
    log: new RecordingLog(),
    backoff: { firstMs: 50, lastMs: 500 },
  });

  function publisherOn(
    { topology }: Pick<Own, 'topology'>,
    times: { connectWithinMs?: number; port?: number } = {},
  ): StompPublisher {
    const publisher = new StompPublisher({ ...linkOptions('publisher', times.port), topology, ...times });
    open.push(() => publisher.close());
    return publisher;
  }

  function consumerOn(
    { topology, queue }: Own,
    handle: (event: WarehouseEvent) => Promise<unknown>,
    { prefetch = 10, port = server.port, retry = { firstMs: 10, lastMs: 40 } } = {},
  ) {
    const log = new RecordingLog();
    const metrics = new RecordingMetrics();
    const consumer = new StompConsumer({
      ...linkOptions('consumer', port),
      log,
      topology,
      prefetch,
      metrics,
      handling: new MessageHandling({
        queue,
        log,
        metrics,
        retry,
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

  const counts = (queue: string, count: number, by = observer) =>
    until(`${count} messages in ${queue}`, async () => (await by.countIn(queue)) === count, 20_000);

  it('confirms a message once it is in a queue, and it stays there until somebody takes it', async () => {
    const own = ownTopology();
    await publisherOn(own).publish(placed('1'));
    expect(await observer.countIn(own.queue.name)).toBe(1);
    expect(await observer.first(own.queue.name)).toMatchObject({
      body: placed('1').body,
      headers: {
        persistent: 'true',
        'content-type': 'application/json',
        'amq-msg-type': 'text',
        type: 'order_placed',
        'correlation-id': 'correlation-1',
      },
    });
  });

  it('puts an event into every queue that is for its type, and into no other', async () => {
    topologies += 1;
    const [picks, bills] = [`picks-${topologies}`, `bills-${topologies}`];
    const topology = new BrokerTopology({
      exchange: 'orders',
      queues: [
        { name: picks, events: warehouseEvents, deliveryLimit },
        { name: bills, events: invoiceEvents, deliveryLimit },
      ],
    });
    const publisher = publisherOn({ topology });
    await publisher.publish(placed('1'));
    await publisher.publish({ routingKey: 'order_canceled', body: '{}' });
    expect(await observer.countIn(picks)).toBe(2);
    expect(await observer.countIn(bills)).toBe(1);
  });

  it('refuses a message that no queue is for before the broker makes one for it', async () => {
    const publisher = publisherOn(ownTopology());
    await expect(publisher.publish({ routingKey: 'order_lost', body: '{}' })).rejects.toThrow(
      UnroutableMessageError,
    );
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
    expect(await observer.countIn(own.queue.name)).toBe(0);
    expect(await observer.countIn(deadLetterQueueOf(own.queue, 'stomp'))).toBe(0);
  });

  it('forgets no message before it is done', async () => {
    const own = ownTopology();
    const done = Promise.withResolvers<void>();
    const begun: string[] = [];
    consumerOn(own, ({ order_id }) => {
      begun.push(order_id);
      return done.promise;
    });
    await publisherOn(own).publish(placed('1'));
    await until('it is begun', () => begun.length === 1);
    await throughout(200, 'the queue has it', async () => (await observer.countIn(own.queue.name)) === 1);
    done.resolve();
    await counts(own.queue.name, 0);
  });

  it('has no more in hand at a time than it may', async () => {
    const own = ownTopology();
    const publisher = publisherOn(own);
    await Promise.all(['1', '2', '3', '4', '5'].map(order => publisher.publish(placed(order))));
    const begun: string[] = [];
    const finishes: (() => void)[] = [];
    consumerOn(
      own,
      ({ order_id }) => {
        begun.push(order_id);
        return new Promise<void>(resolve => finishes.push(resolve));
      },
      { prefetch: 2 },
    );
    await until('two are begun', () => begun.length === 2);
    await throughout(200, 'two are begun', () => begun.length === 2);
    finishes[0]?.();
    await until('another is begun', () => begun.length === 3);
    await throughout(200, 'three are begun', () => begun.length === 3);
    for (const finish of finishes) finish();
  });

  it('has no more in hand at a time when it puts messages back', async () => {
    const own = ownTopology();
    const publisher = publisherOn(own);
    await Promise.all(['1', '2', '3', '4', '5', '6'].map(order => publisher.publish(placed(order))));
    let inHand = 0;
    let most = 0;
    const tried = new Map<string, number>();
    consumerOn(
      own,
      async ({ order_id }) => {
        inHand += 1;
        most = Math.max(most, inHand);
        await pause(10);
        inHand -= 1;
        tried.set(order_id, (tried.get(order_id) ?? 0) + 1);
        if (tried.get(order_id) === 1) throw new DependencyDownError('DynamoDB did not answer.');
      },
      { prefetch: 2 },
    );
    await until('all were tried twice', () => [...tried.values()].filter(tries => tries === 2).length === 6);
    expect(most).toBe(2);
  });

  it('puts what is malformed into the DLQ at once, with the reason', async () => {
    const own = ownTopology();
    const picked: string[] = [];
    await publisherOn(own).publish({ routingKey: 'order_placed', body: '{"event_type":"order_placed"' });
    await publisherOn(own).publish(placed('2'));
    consumerOn(own, async ({ order_id }) => picked.push(order_id));
    await counts(deadLetterQueueOf(own.queue, 'stomp'), 1);
    expect(await observer.first(deadLetterQueueOf(own.queue, 'stomp'))).toMatchObject({
      body: '{"event_type":"order_placed"',
      headers: {
        type: 'order_placed',
        persistent: 'true',
        [failureHeaders.reason]: expect.stringContaining('BadMessageError: The message body is not JSON'),
        [failureHeaders.kind]: 'permanent',
        [failureHeaders.tries]: '1',
        [failureHeaders.queue]: own.queue.name,
      },
    });
    await until('the sound one is picked', () => picked.length === 1);
    await counts(own.queue.name, 0);
  });

  it('takes what other programs send without any header of ours', async () => {
    const own = ownTopology();
    const picked: string[] = [];
    await observer.put(own.queue.name, placed('1').body);
    consumerOn(own, async ({ order_id }) => picked.push(order_id));
    await until('the order is picked', () => picked.length === 1);
  });

  it('tries a message whose dependency is down as often as its queue allows, with pauses, then gives it up', async () => {
    const own = ownTopology();
    const triedAt: number[] = [];
    const { metrics } = consumerOn(
      own,
      async () => {
        triedAt.push(performance.now());
        throw new DependencyDownError('DynamoDB did not answer.');
      },
      { retry: { firstMs: 100, lastMs: 200 } },
    );
    await publisherOn(own).publish(placed('1'));
    await counts(deadLetterQueueOf(own.queue, 'stomp'), 1);
    expect(triedAt).toHaveLength(deliveryLimit);
    const [first = 0, second = 0, third = 0] = triedAt;
    expect(second - first).toBeGreaterThan(99);
    expect(third - second).toBeGreaterThan(199);
    expect(metrics.of('JobsFailed')).toBe(deliveryLimit);
    expect(metrics.of('JobsFailedPassing')).toBe(deliveryLimit);
    const dead = await observer.first(deadLetterQueueOf(own.queue, 'stomp'));
    expect(dead?.headers).toMatchObject({
      'correlation-id': 'correlation-1',
      [failureHeaders.kind]: 'passing',
      [failureHeaders.tries]: String(deliveryLimit),
    });
    // Moved back by a person, it is tried as often again.
    expect(dead?.headers).not.toHaveProperty(triesHeader);
    expect(await observer.countIn(own.queue.name)).toBe(0);
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
    await counts(own.queue.name, 0);
    expect(await observer.countIn(deadLetterQueueOf(own.queue, 'stomp'))).toBe(0);
  });

  it('gives up what kills its consumers, since it counts what the broker does not', async () => {
    const own = ownTopology();
    await publisherOn(own).publish(placed('1'));
    let begun = 0;
    const hang = () => {
      begun += 1;
      return new Promise(() => undefined);
    };
    const cameBack: unknown[] = [];
    // As often as its queue allows, and once more: each consumer has it in hand when it ends.
    for (let deaths = 0; deaths <= deliveryLimit; deaths++) {
      const { consumer, log } = consumerOn(own, hang);
      await until('it is begun', () => begun === deaths + 1);
      cameBack.push(...log.all('Message came back').map(({ fields }) => fields.receive_count));
      await consumer.stop(0);
    }
    const { metrics } = consumerOn(own, hang);
    await counts(deadLetterQueueOf(own.queue, 'stomp'), 1);
    expect((await observer.first(deadLetterQueueOf(own.queue, 'stomp')))?.headers).toMatchObject({
      [failureHeaders.reason]: expect.stringContaining(
        'UnsettledMessageError: The message was handed out 4 times',
      ),
      [failureHeaders.kind]: 'unexpected',
      [failureHeaders.tries]: String(deliveryLimit + 1),
    });
    expect(begun).toBe(deliveryLimit + 1);
    expect(cameBack).toEqual([1, 2, 3]);
    expect(metrics.of('JobsFailedUnexpected')).toBe(1);
    expect(await observer.countIn(own.queue.name)).toBe(0);
  });

  it('lets the broker try again, and give up, what another program refuses', async () => {
    const { name } = ownTopology().queue;
    await observer.put(name, 'refused');
    observer.refuse(await observer.hold(name));
    // It has the message back after a second, as its configuration says.
    await counts(name, 0);
    await counts(name, 1);
    observer.refuse(await observer.hold(name));
    await counts(deadLetterQueueOf({ name }, 'stomp'), 1);
    expect(await observer.countIn(name)).toBe(0);
  });

  it('comes back after its way was cut, and loses nothing', async () => {
    const own = ownTopology();
    const way = await CuttableWay.to(server.port);
    open.push(() => way.close());
    const picks = new Set<string>();
    const { log } = consumerOn(
      own,
      async ({ order_id }) => {
        // In the middle of the work: its word that it is done does not arrive.
        if (order_id === 'order-7' && way.cuts === 0) way.cut();
        await pause(1);
        picks.add(order_id);
      },
      { port: way.port },
    );
    const publisher = publisherOn(own, { port: way.port });
    const orders = Array.from({ length: 40 }, (_, index) => `order-${index}`);
    await Promise.all(orders.map(order => publishSurely(publisher, order)));
    await until('all orders are picked', () => picks.size === orders.length, 20_000);
    expect(log.all('Broker not connected').length).toBeGreaterThanOrEqual(1);
    expect(log.all('Broker connected').length).toBeGreaterThanOrEqual(2);
    await counts(own.queue.name, 0);
    expect(await observer.countIn(deadLetterQueueOf(own.queue, 'stomp'))).toBe(0);
  });

  it('finishes what it has in hand when it is stopped, and takes no more', async () => {
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
      { prefetch: 1 },
    );
    const publisher = publisherOn(own);
    await publisher.publish(placed('1'));
    await publisher.publish(placed('2'));
    await until('one is begun', () => begun.length === 1);
    const stopped = consumer.stop(20_000);
    finish();
    await stopped;
    expect(picked).toEqual(['1']);
    expect(await observer.countIn(own.queue.name)).toBe(1);
    expect(JSON.parse((await observer.hold(own.queue.name)).body)).toMatchObject({ order_id: '2' });
  });

  it('leaves to others what it has no hands for while it stops', async () => {
    const own = ownTopology();
    const begun: string[] = [];
    const { promise: finished, resolve: finish } = Promise.withResolvers<void>();
    const { consumer } = consumerOn(own, ({ order_id }) => {
      begun.push(order_id);
      return finished;
    });
    const publisher = publisherOn(own);
    await publisher.publish(placed('1'));
    await until('one is begun', () => begun.length === 1);
    const stopped = consumer.stop(10_000);
    await publisher.publish(placed('2'));
    expect(JSON.parse((await observer.hold(own.queue.name)).body)).toMatchObject({ order_id: '2' });
    expect(begun).toEqual(['1']);
    finish();
    await stopped;
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
    expect((await observer.hold(own.queue.name)).headers.redelivered).toBe('true');
  });

  it('says that it could not publish when there is no broker', async () => {
    const publisher = publisherOn(ownTopology(), { port: 1, connectWithinMs: 300 });
    await expect(publisher.publish(placed('1'))).rejects.toThrow(DependencyDownError);
  });

  it('says that the password is wrong, and tries again after growing pauses', async () => {
    const log = new RecordingLog();
    const publisher = new StompPublisher({
      ...linkOptions('stranger'),
      log,
      credentials: () => Promise.resolve({ ...credentials, password: 'not-the-password' }),
      topology: ownTopology().topology,
    });
    open.push(() => publisher.close());
    await until('it was refused three times', () => log.all('Broker not connected').length === 3);
    expect(log.all('Broker not connected').map(({ fields }) => fields)).toMatchObject([
      { error: { message: expect.stringContaining('User name [messaging] or password is invalid') } },
      { failures: 2 },
      { failures: 3 },
    ]);
    const [first = 0, , third = 0] = log
      .all('Broker not connected')
      .map(({ fields }) => Number(fields.again_after_ms));
    expect(first).toBeLessThanOrEqual(50);
    expect(third).toBeGreaterThanOrEqual(100);
    expect(JSON.stringify(log.lines)).not.toContain('not-the-password');
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
    await Promise.all(orders.slice(0, 30).map(order => publishSurely(publisher, order)));
    const later = Promise.all(orders.slice(30).map(order => publishSurely(publisher, order)));
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
    await counts(own.queue.name, 0, again);
    expect(await again.countIn(deadLetterQueueOf(own.queue, 'stomp'))).toBe(0);
  });

  /** Publishes again and again until the broker has said that it has it. */
  async function publishSurely(publisher: StompPublisher, orderId: string): Promise<void> {
    for (;;) {
      try {
        return await publisher.publish(placed(orderId));
      } catch (error) {
        if (!(error instanceof DependencyDownError)) throw error;
        await pause(20);
      }
    }
  }
});
