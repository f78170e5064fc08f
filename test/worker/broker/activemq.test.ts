import { setTimeout as pause } from 'node:timers/promises';
import { jest } from '@jest/globals';
import { BrokerTopology, deadLetterQueueOf, failureHeaders } from '../../../contracts/broker.ts';
import { invoiceEvents, warehouseEvents } from '../../../contracts/message-broker.ts';
import type { ActiveMqServer } from '../../../local/brokers/activemq-server.ts';
import { UnroutableMessageError } from '../../../worker/broker/message-publisher.ts';
import { BrokerObserver, credentials, describeWithActiveMq, startActiveMq } from '../../support/activemq.ts';
import { CuttableWay } from '../../support/cuttable-way.ts';
import { BrokerBench, deliveryLimit, placed, publishSurely } from '../support/broker-bench.ts';
import { throughout, until } from '../support/until.ts';
import { type BrokerUnderTest, promisesOfAnyBroker } from './promises-of-any-broker.ts';

jest.setTimeout(60_000);

describeWithActiveMq('over ActiveMQ', () => {
  let server: ActiveMqServer;
  let observer: BrokerObserver;
  const at = (port: number) => `stomp://127.0.0.1:${port}`;
  const bench = new BrokerBench(() => ({ address: at(server.port), credentials }));

  beforeAll(async () => {
    // Of what another program refuses; the consumers here keep to the limit of their queues.
    server = await startActiveMq({ deliveryLimit: 2 });
    observer = await BrokerObserver.at(server);
  });

  afterEach(() => bench.close());

  afterAll(async () => {
    await observer?.close();
    await server?.stop();
  });

  const counts = (queue: string, count: number) =>
    until(`${count} messages in ${queue}`, async () => (await observer.countIn(queue)) === count, 20_000);

  it('confirms a message once it is in a queue, and it stays there until somebody takes it', async () => {
    const own = bench.ownQueue();
    await bench.publisher(own).publish(placed('1'));
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
    const [picks, bills] = ['picks', 'bills'];
    const topology = new BrokerTopology({
      exchange: 'orders',
      queues: [
        { name: picks, events: warehouseEvents, deliveryLimit },
        { name: bills, events: invoiceEvents, deliveryLimit },
      ],
    });
    const publisher = bench.publisher({ topology });
    await publisher.publish(placed('1'));
    await publisher.publish({ routingKey: 'order_canceled', body: '{}' });
    expect(await observer.countIn(picks)).toBe(2);
    expect(await observer.countIn(bills)).toBe(1);
  });

  it('refuses a message that no queue is for before the broker makes one for it', async () => {
    const publisher = bench.publisher(bench.ownQueue());
    await expect(publisher.publish({ routingKey: 'order_lost', body: '{}' })).rejects.toThrow(
      UnroutableMessageError,
    );
    await publisher.publish(placed('1'));
  });

  it('forgets no message before it is done', async () => {
    const own = bench.ownQueue();
    const done = Promise.withResolvers<void>();
    const begun: string[] = [];
    bench.consumer(own, ({ order_id }) => {
      begun.push(order_id);
      return done.promise;
    });
    await bench.publisher(own).publish(placed('1'));
    await until('it is begun', () => begun.length === 1);
    await throughout(200, 'the queue has it', async () => (await observer.countIn(own.queue.name)) === 1);
    done.resolve();
    await counts(own.queue.name, 0);
  });

  it('takes what other programs send without any header of ours', async () => {
    const own = bench.ownQueue();
    const picked: string[] = [];
    await observer.put(own.queue.name, placed('1').body);
    bench.consumer(own, async ({ order_id }) => picked.push(order_id));
    await until('the order is picked', () => picked.length === 1);
  });

  it('gives up what kills its consumers, since it counts what the broker does not', async () => {
    const own = bench.ownQueue();
    await bench.publisher(own).publish(placed('1'));
    let begun = 0;
    const hang = () => {
      begun += 1;
      return new Promise(() => undefined);
    };
    const cameBack: unknown[] = [];
    // As often as its queue allows, and once more: each consumer has it in hand when it ends.
    for (let deaths = 0; deaths <= deliveryLimit; deaths++) {
      const { consumer, log } = bench.consumer(own, hang);
      await until('it is begun', () => begun === deaths + 1);
      cameBack.push(...log.all('Message came back').map(({ fields }) => fields.receive_count));
      await consumer.stop(0);
    }
    const { metrics } = bench.consumer(own, hang);
    await counts(own.dlq, 1);
    expect((await observer.first(own.dlq))?.headers).toMatchObject({
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
    const { name } = bench.ownQueue().queue;
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
    const own = bench.ownQueue();
    const way = await CuttableWay.to(server.port);
    bench.closing(() => way.close());
    const picks = new Set<string>();
    const { log } = bench.consumer(
      own,
      async ({ order_id }) => {
        // In the middle of the work: its word that it is done does not arrive.
        if (order_id === 'order-7' && way.cuts === 0) way.cut();
        await pause(1);
        picks.add(order_id);
      },
      { address: at(way.port) },
    );
    const publisher = bench.publisher(own, { address: at(way.port) });
    const orders = Array.from({ length: 40 }, (_, index) => `order-${index}`);
    await Promise.all(orders.map(order => publishSurely(publisher, order)));
    await until('all orders are picked', () => picks.size === orders.length, 20_000);
    expect(log.all('Broker not connected').length).toBeGreaterThanOrEqual(1);
    expect(log.all('Broker connected').length).toBeGreaterThanOrEqual(2);
    await counts(own.queue.name, 0);
    expect(await observer.countIn(own.dlq)).toBe(0);
  });

  it('leaves to others what it has no hands for while it stops', async () => {
    const own = bench.ownQueue();
    const begun: string[] = [];
    const { promise: finished, resolve: finish } = Promise.withResolvers<void>();
    const { consumer } = bench.consumer(own, ({ order_id }) => {
      begun.push(order_id);
      return finished;
    });
    const publisher = bench.publisher(own);
    await publisher.publish(placed('1'));
    await until('one is begun', () => begun.length === 1);
    const stopped = consumer.stop(10_000);
    await publisher.publish(placed('2'));
    expect(JSON.parse((await observer.hold(own.queue.name)).body)).toMatchObject({ order_id: '2' });
    expect(begun).toEqual(['1']);
    finish();
    await stopped;
  });

  promisesOfAnyBroker(bench, () => underTest());

  function underTest(): BrokerUnderTest {
    return {
      address: at(server.port),
      credentials,
      left: queue => observer.countIn(queue),
      async first(queue) {
        const { body = '', headers = {} } = (await observer.first(queue)) ?? {};
        return { body, headers, correlationId: headers['correlation-id'] };
      },
      isSafe: () => true,
      kill: () => server.kill(),
      async restart() {
        await server.restart();
        observer = await BrokerObserver.at(server);
      },
    };
  }
});
