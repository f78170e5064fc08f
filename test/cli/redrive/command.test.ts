import { CloudUnderTest, order } from '../cloud-under-test.ts';
import { runQueueTool, type Setting } from '../run-queue-tool.ts';

const run = (args: readonly string[], setting?: Setting) =>
  runQueueTool(['dlq', 'redrive', ...args], setting);

describe('redrive', () => {
  let cloud: CloudUnderTest;

  beforeAll(async () => {
    cloud = await CloudUnderTest.start();
  });
  afterAll(() => cloud.stop());

  const here = () => ['--endpoint', cloud.url];

  describe('a DLQ of a queue', () => {
    it('shows what is there, moves it back, and tells what was done', async () => {
      const { queue, dlq } = await cloud.createPair('order-processing-payment');
      await cloud.fail(queue, dlq, [order('1002'), order('7', 'order_canceled')]);

      const { code, out } = await run(['order-processing/payment', ...here(), '--yes', '--rate', '100']);

      expect(out).toContain(
        'order-processing-payment-dlq, DLQ of order-processing-payment\nAbout 2 messages.',
      );
      expect(out).toMatch(/order_placed +1002 +\d+ +\S+ s ago/);
      expect(out).toContain('Looked at 2 messages: order_placed 1, order_canceled 1.');
      expect(out).toContain('SQS moves them back to order-processing-payment at up to 100 a second.');
      expect(out).toMatch(/Done: 2 moved, 0 failed, about 0 left in order-processing-payment-dlq, \S+ s\./);
      expect(code).toBe(0);
      expect(cloud.bodies(queue)).toHaveLength(2);
      expect(cloud.bodies(dlq)).toEqual([]);
    });

    it.each([
      ['its URL', 'url'],
      ['its ARN', 'arn'],
      ['its name', 'name'],
    ] as const)('is known by %s', async (_, property) => {
      const { queue, dlq } = await cloud.createPair(`known-by-${property}`);
      await cloud.fail(queue, dlq, [order('1')]);

      const { code } = await run([dlq[property], ...here(), '--yes']);

      expect(code).toBe(0);
      expect(cloud.bodies(queue)).toHaveLength(1);
    });

    it("goes to a local queue's own endpoint when given its URL", async () => {
      const { dlq } = await cloud.createPair('own-endpoint');

      expect(await run([dlq.url, '--dry-run', '--sample', '0'])).toMatchObject({ code: 0, err: '' });
    });

    it('goes where the environment says', async () => {
      await cloud.createPair('from-environment');

      const { code, out } = await run(['from-environment', '--dry-run', '--sample', '0'], {
        env: { AWS_ENDPOINT_URL: cloud.url },
      });

      expect(out).toContain('from-environment-dlq, DLQ of from-environment');
      expect(code).toBe(0);
    });

    it('sends everything to another queue on request, what was put there by hand included', async () => {
      const { queue, dlq } = await cloud.createPair('by-hand');
      const repairs = await cloud.createQueue('repairs');
      await cloud.send(dlq, [order('1')]);

      const back = await run([queue.name, ...here(), '--yes']);
      expect(back).toMatchObject({ code: 1 });
      expect(back.out).toMatch(/Failed: 0 moved, 1 failed.*\n.*CouldNotDetermineMessageSource.*--to <queue>/);
      expect(back.out).toContain('Nothing is lost');

      const away = await run([queue.name, ...here(), '--yes', '--to', 'repairs']);
      expect(away).toMatchObject({ code: 0 });
      expect(away.out).toContain('SQS moves them to repairs.');
      expect(cloud.bodies(repairs)).toHaveLength(1);
    });

    it('follows a task that is running instead of starting one, without asking', async () => {
      const { queue, dlq } = await cloud.createPair('running');
      await cloud.fail(queue, dlq, [order('1'), order('2'), order('3')]);
      const handle = await cloud.moveTasks.start({ from: dlq, to: queue, ratePerSecond: 5 });

      const { code, out } = await run([queue.name, ...here(), '--yes']);

      expect(out).toContain('A move task is running already');
      expect(out).toContain(`aws sqs cancel-message-move-task --task-handle ${handle}`);
      expect(out).toContain('Done: 3 moved');
      expect(code).toBe(0);
    });

    it('shows a running task and leaves it alone in a dry run', async () => {
      const { queue, dlq } = await cloud.createPair('running-dry');
      await cloud.fail(queue, dlq, [order('1'), order('2'), order('3')]);
      await cloud.moveTasks.start({ from: dlq, to: queue, ratePerSecond: 1 });

      const { code, out } = await run([queue.name, ...here(), '--dry-run']);

      expect(out).toMatch(/A move task is running already.*at up to 1 a second.*Dry run/s);
      expect(code).toBe(0);
      expect((await cloud.moveTasks.latest(dlq))?.status).toBe('RUNNING');
    });

    it('cancels at Ctrl-C', async () => {
      const { queue, dlq } = await cloud.createPair('cancelled');
      await cloud.fail(
        queue,
        dlq,
        Array.from({ length: 20 }, (_, index) => order(`${index}`)),
      );
      const interrupt = new AbortController();

      const running = run([queue.name, ...here(), '--yes', '--rate', '2'], { interrupt: interrupt.signal });
      while (((await cloud.moveTasks.latest(dlq))?.moved ?? 0) < 1) await new Promise(setImmediate);
      interrupt.abort();
      const { code, out } = await running;

      expect(out).toMatch(/Interrupted: \d+ moved, 0 failed, about \d+ left/);
      expect(code).toBe(1);
      expect((await cloud.moveTasks.latest(dlq))?.status).toBe('CANCELLED');
      expect(cloud.bodies(queue).length + cloud.bodies(dlq).length).toBe(20);
    });
  });

  describe('a DLQ of a subscription', () => {
    it('copies to the queue that the subscription could not reach', async () => {
      const [queue, dlq] = [
        await cloud.createQueue('stock'),
        await cloud.createQueue('stock-undelivered-orders'),
      ];
      await cloud.subscribe('orders', queue.arn, dlq);
      await cloud.send(dlq, [order('1'), order('2')]);

      const { code, out } = await run([dlq.name, ...here(), '--yes']);

      expect(out).toContain('stock-undelivered-orders, DLQ of the subscription of stock to orders');
      expect(out).toContain('They are copied to stock, and each is deleted once its copy is accepted.');
      expect(out).toContain('Done: 2 moved, 0 failed, about 0 left in stock-undelivered-orders');
      expect(code).toBe(0);
      expect(cloud.bodies(queue)).toHaveLength(2);
      expect(cloud.bodies(dlq)).toEqual([]);
    });
  });

  describe('before it moves anything', () => {
    it('says that there is nothing to move', async () => {
      const { dlq } = await cloud.createPair('empty');

      const { code, out } = await run([dlq.name, ...here(), '--yes']);

      expect(out).toMatch(/About 0 messages\.\nNothing to move\.\n$/);
      expect(code).toBe(0);
    });

    it('only looks in a dry run', async () => {
      const { queue, dlq } = await cloud.createPair('dry');
      await cloud.fail(queue, dlq, [order('1')]);

      const { code, out } = await run([queue.name, ...here(), '--dry-run']);

      expect(out).toMatch(/SQS moves them back to dry\.\nDry run: nothing was moved\.\n$/);
      expect(code).toBe(0);
      expect(cloud.bodies(dlq)).toHaveLength(1);
    });

    it.each([
      ['y', 0, 1],
      ['n', 1, 0],
    ])('asks, and takes %s for an answer', async (answer, expectedCode, moved) => {
      const { queue, dlq } = await cloud.createPair(`asked-${answer}`);
      await cloud.fail(queue, dlq, [order('1')]);

      const { code, err } = await run([queue.name, ...here()], { tty: true, answer });

      expect(err).toContain('Move them? [y/N]');
      expect(code).toBe(expectedCode);
      expect(cloud.bodies(queue)).toHaveLength(moved);
    });

    it('refuses where there is nobody to ask', async () => {
      const { queue, dlq } = await cloud.createPair('unattended');
      await cloud.fail(queue, dlq, [order('1')]);

      const { code, err } = await run([queue.name, ...here()]);

      expect(err).toContain('Say --yes to move them, or --dry-run to look only.');
      expect(code).toBe(2);
      expect(cloud.bodies(dlq)).toHaveLength(1);
    });

    it('moves nothing when it is stopped while looking', async () => {
      const { queue, dlq } = await cloud.createPair('stopped');
      await cloud.fail(queue, dlq, [order('1')]);
      const interrupt = new AbortController();
      interrupt.abort();

      const { code } = await run([queue.name, ...here(), '--yes'], { interrupt: interrupt.signal });

      expect(code).toBe(1);
      expect(cloud.bodies(dlq)).toHaveLength(1);
      expect(await cloud.moveTasks.latest(dlq)).toBeUndefined();
    });
  });

  describe('for machines', () => {
    it('writes one document to standard output, and the rest to standard error', async () => {
      const { queue, dlq } = await cloud.createPair('machine');
      await cloud.fail(queue, dlq, [order('1002')]);

      const { code, out, err } = await run([queue.name, ...here(), '--yes', '--json']);

      expect(JSON.parse(out)).toEqual({
        outcome: 'done',
        moved: 1,
        failed: 0,
        remaining: 0,
        durationMs: expect.any(Number),
        faults: [],
        deadLetterQueue: { name: dlq.name, arn: dlq.arn },
        route: { by: 'move-task', to: [{ name: queue.name, arn: queue.arn }] },
        depth: { visible: 1, inFlight: 0, delayed: 0 },
        oldestSentAt: expect.stringMatching(/^\d{4}-.*Z$/),
        types: { order_placed: 1 },
        sample: [
          {
            messageId: expect.any(String),
            type: 'order_placed',
            subject: '1002',
            receiveCount: expect.any(Number),
            sentAt: expect.stringMatching(/^\d{4}-.*Z$/),
            firstReceivedAt: expect.stringMatching(/^\d{4}-.*Z$/),
          },
        ],
        notes: [],
      });
      expect(err).toContain('Done: 1 moved');
      expect(code).toBe(0);
    });

    it('writes an error as a document, too', async () => {
      const { code, out, err } = await run(['not-there', ...here(), '--yes', '--json']);

      expect(JSON.parse(out)).toEqual({
        outcome: 'error',
        error: expect.stringContaining('There is no queue not-there'),
      });
      expect(err).toContain('There is no queue not-there');
      expect(code).toBe(1);
    });
  });

  describe('a command line that is wrong', () => {
    it.each([
      ['no queue', [], /missing required argument 'queue'/],
      ['two queues', ['a', 'b'], /too many arguments/],
      ['an option that there is not', ['a', '--fast'], /unknown option '--fast'/],
      ['a rate of 0', ['a', '--rate', '0'], /argument '0' is invalid.*from 1 to 500/],
      ['a rate of 501', ['a', '--rate', '501'], /argument '501' is invalid.*from 1 to 500/],
      ['a rate in words', ['a', '--rate', '1e2'], /argument '1e2' is invalid.*whole number/],
      ['a sample of 101', ['a', '--sample', '101'], /argument '101' is invalid.*from 0 to 100/],
      ['an endpoint without a scheme', ['a', '--endpoint', 'localhost:4566'], /127\.0\.0\.1:4566/],
      ['two endpoints', ['a', '--yes', '--local', '--endpoint', 'http://127.0.0.1:1'], /keep one of them/],
      [
        'two regions',
        ['arn:aws:sqs:eu-west-1:111122223333:a', '--yes', '--region', 'us-east-1'],
        /is in eu-west-1, and --region says us-east-1/,
      ],
      ['a queue name that cannot be one', ['a queue'], /order-processing\/payment/],
    ])('fails with %s', async (_, args, message) => {
      const { code, err } = await run(args);

      expect(err).toMatch(message);
      expect(code).toBe(2);
    });

    it('shows help, with examples, as a success', async () => {
      const { code, out } = await run(['--help']);

      expect(out).toContain('queue dlq redrive order-processing/payment --rate 10');
      expect(code).toBe(0);
    });
  });
});
