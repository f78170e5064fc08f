import { setTimeout as pause } from 'node:timers/promises';
import { failureHeaders, triesHeader } from '../../../contracts/broker.ts';
import { openPublisher } from '../../../worker/broker/broker-clients.ts';
import { DependencyDownError } from '../../../worker/failures.ts';
import {
  type BrokerAccess,
  type BrokerBench,
  deliveryLimit,
  placed,
  publishSurely,
} from '../support/broker-bench.ts';
import { RecordingLog } from '../support/recording.ts';
import { throughout, until } from '../support/until.ts';

/** A broker that runs, as another program sees it. */
export interface BrokerUnderTest extends BrokerAccess {
  /** How many messages are in a queue, and in nobody's hand. */
  left(queue: string): Promise<number>;
  first(queue: string): Promise<{
    readonly body: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly correlationId: string | undefined;
  }>;
  /** Whether a queue would be there still if the broker died now. */
  isSafe(queue: string): boolean;
  kill(): Promise<void>;
  restart(): Promise<void>;
}

/** What publishers and consumers keep, whichever broker they talk to. */
export function promisesOfAnyBroker(bench: BrokerBench, broker: () => BrokerUnderTest): void {
  const left = (queue: string, count: number) =>
    until(`${count} messages in ${queue}`, async () => (await broker().left(queue)) === count, 20_000);

  it('hands a message to one consumer, and forgets it when that has acknowledged it', async () => {
    const own = bench.ownQueue();
    const picked: string[] = [];
    const { consumer, metrics } = bench.consumer(own, async ({ order_id }) => picked.push(order_id));
    await bench.publisher(own).publish(placed('1'));
    await until('the order is picked', () => picked.length === 1);
    await consumer.stop(5_000);
    expect(picked).toEqual(['1']);
    expect(metrics.of('JobsDone')).toBe(1);
    expect(await broker().left(own.queue.name)).toBe(0);
    expect(await broker().left(own.dlq)).toBe(0);
  });

  it('has no more in hand at a time than it may', async () => {
    const own = bench.ownQueue();
    const begun: string[] = [];
    const finishes: (() => void)[] = [];
    const hold = ({ order_id }: { readonly order_id: string }) => {
      begun.push(order_id);
      return new Promise<void>(resolve => finishes.push(resolve));
    };
    bench.consumer(own, hold, { prefetch: 2 });
    const publisher = bench.publisher(own);
    await Promise.all(['1', '2', '3', '4', '5'].map(order => publishSurely(publisher, order)));
    await until('two are begun', () => begun.length === 2);
    await throughout(200, 'two are begun', () => begun.length === 2);
    finishes[0]?.();
    await until('another is begun', () => begun.length === 3);
    await throughout(200, 'three are begun', () => begun.length === 3);
    for (const finish of finishes) finish();
  });

  it('has no more in hand at a time when it puts messages back', async () => {
    const own = bench.ownQueue();
    let inHand = 0;
    let most = 0;
    const tried = new Map<string, number>();
    const fail = async ({ order_id }: { readonly order_id: string }) => {
      inHand += 1;
      most = Math.max(most, inHand);
      await pause(10);
      inHand -= 1;
      tried.set(order_id, (tried.get(order_id) ?? 0) + 1);
      if (tried.get(order_id) === 1) throw new DependencyDownError('DynamoDB did not answer.');
    };
    bench.consumer(own, fail, { prefetch: 2 });
    const publisher = bench.publisher(own);
    await Promise.all(['1', '2', '3', '4', '5', '6'].map(order => publishSurely(publisher, order)));
    await until('all were tried twice', () => [...tried.values()].filter(tries => tries === 2).length === 6);
    expect(most).toBe(2);
  });

  it('puts what is malformed into the DLQ at once, with the reason', async () => {
    const own = bench.ownQueue();
    const picked: string[] = [];
    const publisher = bench.publisher(own);
    await publisher.publish({ routingKey: 'order_placed', body: '{"event_type":"order_placed"' });
    await publisher.publish(placed('2'));
    bench.consumer(own, async ({ order_id }) => picked.push(order_id));
    await left(own.dlq, 1);
    expect(await broker().first(own.dlq)).toMatchObject({
      body: '{"event_type":"order_placed"',
      headers: {
        [failureHeaders.reason]: expect.stringContaining('BadMessageError: The message body is not JSON'),
        [failureHeaders.kind]: 'permanent',
        [failureHeaders.tries]: '1',
        [failureHeaders.queue]: own.queue.name,
      },
    });
    await until('the sound one is picked', () => picked.length === 1);
    await left(own.queue.name, 0);
  });

  it('tries a message whose dependency is down as often as its queue allows, with pauses, then gives it up', async () => {
    const own = bench.ownQueue();
    const triedAt: number[] = [];
    const fail = async () => {
      triedAt.push(performance.now());
      throw new DependencyDownError('DynamoDB did not answer.');
    };
    const { metrics } = bench.consumer(own, fail, { retry: { firstMs: 100, lastMs: 200 } });
    await bench.publisher(own).publish(placed('1'));
    await left(own.dlq, 1);
    expect(triedAt).toHaveLength(deliveryLimit);
    const [first = 0, second = 0, third = 0] = triedAt;
    expect(second - first).toBeGreaterThan(99);
    expect(third - second).toBeGreaterThan(199);
    expect(metrics.of('JobsFailed')).toBe(deliveryLimit);
    expect(metrics.of('JobsFailedPassing')).toBe(deliveryLimit);
    const { headers, correlationId } = await broker().first(own.dlq);
    expect(headers).toMatchObject({
      [failureHeaders.kind]: 'passing',
      [failureHeaders.tries]: String(deliveryLimit),
    });
    expect(correlationId).toBe('correlation-1');
    // Moved back by a person, it is tried as often again.
    expect(headers).not.toHaveProperty(triesHeader);
    expect(await broker().left(own.queue.name)).toBe(0);
  });

  it('handles what failed in passing when the dependency is there again', async () => {
    const own = bench.ownQueue();
    const picked: string[] = [];
    let isDown = true;
    bench.consumer(own, async ({ order_id }) => {
      if (isDown) {
        isDown = false;
        throw new DependencyDownError('DynamoDB did not answer.');
      }
      picked.push(order_id);
    });
    await bench.publisher(own).publish(placed('1'));
    await until('the order is picked', () => picked.length === 1);
    await left(own.queue.name, 0);
    expect(await broker().left(own.dlq)).toBe(0);
  });

  it('finishes what it has in hand when it is stopped, and takes no more', async () => {
    const own = bench.ownQueue();
    const begun: string[] = [];
    const picked: string[] = [];
    const { promise: finished, resolve: finish } = Promise.withResolvers<void>();
    const pick = async ({ order_id }: { readonly order_id: string }) => {
      begun.push(order_id);
      await finished;
      picked.push(order_id);
    };
    const { consumer } = bench.consumer(own, pick, { prefetch: 1 });
    const publisher = bench.publisher(own);
    await publisher.publish(placed('1'));
    await publisher.publish(placed('2'));
    await until('one is begun', () => begun.length === 1);
    const stopped = consumer.stop(20_000);
    finish();
    await stopped;
    expect(picked).toEqual(['1']);
    expect(await broker().left(own.queue.name)).toBe(1);
  });

  it('puts back what it could not finish in time', async () => {
    const own = bench.ownQueue();
    const begun: string[] = [];
    const { consumer } = bench.consumer(own, ({ order_id }) => {
      begun.push(order_id);
      return new Promise(() => undefined);
    });
    await bench.publisher(own).publish(placed('1'));
    await until('it is begun', () => begun.length === 1);
    await consumer.stop(0);
    await left(own.queue.name, 1);
  });

  it('says that it could not publish when there is no broker', async () => {
    const nowhere = new URL(broker().address);
    nowhere.port = '1';
    const publisher = bench.publisher(bench.ownQueue(), { address: String(nowhere), connectWithinMs: 300 });
    await expect(publisher.publish(placed('1'))).rejects.toThrow(DependencyDownError);
  });

  it('says that the password is wrong, not which, and tries again after growing pauses', async () => {
    const log = new RecordingLog();
    const publisher = openPublisher({
      ...bench.link('stranger'),
      log,
      credentials: () => Promise.resolve({ ...broker().credentials, password: 'not-the-password' }),
      topology: bench.ownQueue().topology,
    });
    bench.closing(() => publisher.close());
    const refused = () => log.all('Broker not connected').map(({ fields }) => fields);
    await until('it was refused three times', () => refused().length >= 3, 20_000);
    expect(refused()).toMatchObject([
      { failures: 1, error: { message: expect.stringMatching(/password is invalid|ACCESS.REFUSED/) } },
      { failures: 2 },
      { failures: 3 },
    ]);
    const [first = 0, , third = 0] = refused().map(fields => Number(fields.again_after_ms));
    expect(first).toBeLessThanOrEqual(50);
    expect(third).toBeGreaterThanOrEqual(100);
    expect(JSON.stringify(log.lines)).not.toContain('not-the-password');
  });

  // The last: it takes the broker away from under everybody.
  it('loses nothing when the broker dies in the middle, and has each effect once', async () => {
    const own = bench.ownQueue();
    const picks = new Map<string, number>();
    let isUp = true;
    const { promise: died, resolve: dies } = Promise.withResolvers<void>();
    const { log } = bench.consumer(own, async ({ order_id }) => {
      // Some are in hand when the broker dies: they come again, and find themselves done.
      if (isUp) await died;
      if (!picks.has(order_id)) picks.set(order_id, 1);
    });
    const publisher = bench.publisher(own, { connectWithinMs: 30_000 });
    const orders = Array.from({ length: 60 }, (_, index) => `order-${index}`);
    const publish = (some: readonly string[]) =>
      Promise.all(some.map(order => publishSurely(publisher, order)));
    await publish(orders.slice(0, 30));
    await until('the queue is on disk', () => broker().isSafe(own.queue.name));
    const later = publish(orders.slice(30));
    await broker().kill();
    isUp = false;
    dies();
    await broker().restart();
    await later;
    await until('all orders are picked', () => picks.size === orders.length, 30_000);
    expect([...picks.keys()].sort()).toEqual([...orders].sort());
    expect(log.all('Broker connected').length).toBeGreaterThanOrEqual(2);
    await left(own.queue.name, 0);
    expect(await broker().left(own.dlq)).toBe(0);
  });
}
