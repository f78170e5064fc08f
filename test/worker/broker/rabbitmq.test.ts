import { jest } from '@jest/globals';
import type { RabbitMqServer } from '../../../local/brokers/rabbitmq-server.ts';
import { UnroutableMessageError } from '../../../worker/broker/message-publisher.ts';
import {
  BrokerObserver,
  credentials,
  describeWithRabbitMq,
  isOnDisk,
  startRabbitMq,
} from '../../support/rabbitmq.ts';
import { BrokerBench, deliveryLimit, placed } from '../support/broker-bench.ts';
import { until } from '../support/until.ts';
import { type BrokerUnderTest, promisesOfAnyBroker } from './promises-of-any-broker.ts';

jest.setTimeout(60_000);

describeWithRabbitMq('over RabbitMQ', () => {
  let server: RabbitMqServer;
  let observer: BrokerObserver;
  const bench = new BrokerBench(() => ({ address: server.address, credentials }));

  beforeAll(async () => {
    server = await startRabbitMq();
    observer = await BrokerObserver.at(server);
  });

  afterEach(() => bench.close());

  afterAll(async () => {
    await observer?.close();
    await server?.stop();
  });

  const waiting = (queue: string, count: number) =>
    until(`${count} messages in ${queue}`, async () => (await observer.waitingIn(queue)) === count);

  it('confirms a message once it is in a queue, and it stays there until somebody takes it', async () => {
    const own = bench.ownQueue();
    await bench.publisher(own).publish(placed('1'));
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
    const publisher = bench.publisher(bench.ownQueue());
    await expect(publisher.publish({ routingKey: 'order_lost', body: '{}' })).rejects.toThrow(
      UnroutableMessageError,
    );
    // The channel is as good as before.
    await publisher.publish(placed('1'));
  });

  it('lets the broker itself give up what kills its consumers', async () => {
    const own = bench.ownQueue();
    await bench.publisher(own).publish(placed('1'));
    // A consumer that dies in the middle, each time: its connection is gone, nothing was acknowledged.
    for (let died = 0; died <= deliveryLimit; died++) {
      const dying = await BrokerObserver.at(server);
      const channel = await dying.connection.createChannel();
      const taken = Promise.withResolvers<void>();
      await channel.consume(own.queue.name, () => taken.resolve());
      await taken.promise;
      await dying.close();
    }
    await waiting(own.dlq, 1);
    const dead = await observer.take(own.dlq);
    expect(dead?.properties.headers?.['x-death']).toMatchObject([
      { queue: own.queue.name, reason: 'delivery_limit' },
    ]);
  });

  it('lets a message come again that it could not give up', async () => {
    const own = bench.ownQueue();
    const { log, metrics } = bench.consumer(own, async () => undefined);
    const publisher = bench.publisher(own);
    await publisher.publish(placed('1'));
    await until('both are connected', () => metrics.of('JobsDone') === 1);
    // Nothing takes what is given up any more: the broker returns it.
    await observer.forget(own.dlq);
    await publisher.publish({ routingKey: 'order_placed', body: '{' });
    await until('it was tried again', () => log.all('Message not settled').length > 1);
    expect(log.all('Broker not connected')).toEqual([]);
  });

  promisesOfAnyBroker(bench, () => underTest());

  function underTest(): BrokerUnderTest {
    return {
      address: server.address,
      credentials,
      left: queue => observer.waitingIn(queue),
      async first(queue) {
        const message = await observer.take(queue);
        const headers = Object.entries(message?.properties.headers ?? {});
        return {
          body: message?.content.toString() ?? '',
          correlationId: message?.properties.correlationId,
          headers: Object.fromEntries(headers.map(([name, value]) => [name, String(value)])),
        };
      },
      isSafe: queue => isOnDisk(server, queue),
      kill: () => server.kill(),
      async restart() {
        await server.restart();
        observer = await BrokerObserver.at(server);
      },
    };
  }
});
