import { CloudUnderTest, order } from '../../../cloud-under-test.ts';
import { runQueueTool } from '../../../run-queue-tool.ts';

const text = (value: string) => ({ DataType: 'String', StringValue: value });
const undelivered = (message: string) => ({
  RequestID: text('r-1'),
  ErrorCode: text('400'),
  ErrorMessage: text(message),
});

describe('looking into DLQs', () => {
  let cloud: CloudUnderTest;

  beforeAll(async () => {
    cloud = await CloudUnderTest.start();
  });
  afterAll(() => cloud.stop());

  const run = (...args: string[]) => runQueueTool([...args, '--endpoint', cloud.url]);

  describe('queue dlq list', () => {
    it('lists those of queues, of subscriptions, and those that are called so', async () => {
      const { queue, dlq } = await cloud.createPair('orders');
      await cloud.createSourceOf(dlq, 'refunds');
      await cloud.fail(queue, dlq, [order('1')]);
      const lost = await cloud.createQueue('orders-undelivered');
      await cloud.subscribe('placed', queue.arn, lost);
      await cloud.createQueue('nightly-dead-letters');
      await cloud.createQueue('not-one');

      const { out } = await run('dlq', 'list');
      const waiting = JSON.parse((await run('dlq', 'list', '--waiting', '--json')).out) as {
        deadLetterQueues: { name: string }[];
      };

      expect(out).toMatch(/orders-dlq +1 +0 +(orders, refunds|refunds, orders)\n/);
      expect(out).toMatch(/orders-undelivered +0 +0 +the subscription of orders to placed\n/);
      expect(out).toMatch(/nightly-dead-letters +0 +0 +not told; by its name\n/);
      expect(out).toContain('\n\n3 DLQs; messages wait in 1.\n');
      expect(out).not.toContain('not-one');
      expect(waiting.deadLetterQueues).toMatchObject([{ name: 'orders-dlq', visible: 1, subscriptions: [] }]);
    });
  });

  describe('queue dlq inspect', () => {
    it('groups by reason and type where messages say why', async () => {
      const queue = await cloud.createQueue('stock');
      const dlq = await cloud.createQueue('stock-undelivered');
      await cloud.subscribe('stock-events', queue.arn, dlq);
      const failed = (id: string, type: string, reason: string) => {
        const { body, attributes } = order(id, type);
        return { body, attributes: { ...attributes, ...undelivered(reason) } };
      };
      await cloud.send(dlq, [
        failed('1', 'order_placed', 'No stock record 17'),
        failed('2', 'order_placed', 'No stock record 18'),
        failed('3', 'order_canceled', 'No stock record 19'),
        failed('4', 'order_placed', 'Access denied'),
      ]);

      const { code, out } = await run('dlq', 'inspect', 'stock-undelivered');

      expect(out).toContain('stock-undelivered: looked at all 4.');
      expect(out).toMatch(
        /2 messages of type order_placed: No stock record <n>\n.*sent \S+ s ago to \S+ s ago/,
      );
      expect(out).toContain('1 message of type order_canceled: No stock record <n>');
      expect(out).toContain('1 message of type order_placed: Access denied');
      expect(out).not.toContain('log');
      expect(code).toBe(0);
      expect(await cloud.queues.state(dlq)).toMatchObject({ visible: 4, inFlight: 0 });
    });

    it('says where the reason is where messages do not tell, given the queue whose DLQ it is', async () => {
      const { queue, dlq } = await cloud.createPair('order-processing-payment');
      await cloud.fail(queue, dlq, [order('1002'), order('1003')]);

      const { out } = await run('dlq', 'inspect', 'order-processing/payment', '--json');
      const found = JSON.parse(out) as { groups: object[]; advice: string[] };

      expect(found.groups).toEqual([
        {
          type: 'order_placed',
          count: 2,
          sources: [queue.arn],
          fewestReceives: expect.any(Number),
          mostReceives: expect.any(Number),
          oldestSentAt: expect.stringMatching(/Z$/),
          newestSentAt: expect.stringMatching(/Z$/),
          firstSeenAt: expect.stringMatching(/Z$/),
          sample: expect.objectContaining({ body: order('1002').body, deadLetterSourceArn: queue.arn }),
        },
      ]);
      expect(found.advice).toEqual([expect.stringMatching(/its log names the reason.*npm start.*1002/)]);
    });

    it('looks at no more than it is told', async () => {
      const dlq = await cloud.createQueue('many-dlq');
      await cloud.send(
        dlq,
        Array.from({ length: 30 }, (_, index) => order(`${index}`)),
      );

      expect((await run('dlq', 'inspect', dlq.name, '--max', '12')).out).toContain(
        'looked at 12 of about 30',
      );
    });

    it('says that there is nothing', async () => {
      await cloud.createQueue('empty-dlq');

      expect(await run('dlq', 'inspect', 'empty-dlq')).toMatchObject({
        code: 0,
        out: 'empty-dlq: no message is visible.\n',
      });
    });

    it('does not look where looking could push a message on', async () => {
      const { dlq } = await cloud.createPair('chained');
      await cloud.deadLetterTo(dlq, await cloud.createQueue('chained-last'));

      expect(await run('dlq', 'inspect', 'chained')).toMatchObject({
        code: 1,
        err: expect.stringContaining('has a DLQ of its own'),
      });
    });
  });
});
