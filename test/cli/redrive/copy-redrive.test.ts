import { CommandFailure, ThrottledError } from '../../../cli/command-errors.ts';
import type { Queue, Queues } from '../../../cli/queues/queues.ts';
import { type CopyOptions, redriveByCopy } from '../../../cli/redrive/copy-redrive.ts';
import type { MoveProgress } from '../../../cli/redrive/redrive-result.ts';
import { CloudUnderTest, order, type TestMessage } from '../cloud-under-test.ts';
import { ManualClock } from '../manual-clock.ts';
import { queuesWith } from '../queues-with.ts';

const error = {
  RequestID: { DataType: 'String', StringValue: 'r-1' },
  ErrorCode: { DataType: 'String', StringValue: 'AWS.SimpleQueueService.NonExistentQueue' },
  ErrorMessage: { DataType: 'String', StringValue: 'The specified queue does not exist.' },
};
const orders = (count: number) => Array.from({ length: count }, (_, index) => order(`${index}`));
const bodiesOf = (messages: readonly TestMessage[]) => messages.map(({ body }) => body).sort();

describe('redriveByCopy', () => {
  let cloud: CloudUnderTest;
  let dlq: Queue;
  let to: Queue;
  let made = 0;

  beforeAll(async () => {
    cloud = await CloudUnderTest.start();
  });
  afterAll(() => cloud.stop());
  beforeEach(() => createQueues());

  async function createQueues(suffix = ''): Promise<void> {
    made += 1;
    dlq = await cloud.createQueue(`undelivered-${made}${suffix}`);
    to = await cloud.createQueue(`target-${made}${suffix}`);
  }

  interface Setting {
    readonly overrides?: Partial<Queues>;
    readonly options?: Partial<CopyOptions>;
    readonly interrupt?: AbortSignal;
    readonly clock?: ManualClock;
    readonly onProgress?: (progress: MoveProgress) => void;
  }

  function copied({ overrides = {}, options, interrupt, clock, onProgress }: Setting = {}) {
    return redriveByCopy(
      {
        // Asking again at once instead of waiting: the tests know that nothing else comes.
        queues: queuesWith(cloud.queues, {
          receive: (queue, options) => cloud.queues.receive(queue, { ...options, waitSeconds: 0 }),
          ...overrides,
        }),
        clock: clock ?? new ManualClock(),
      },
      { by: 'copy', deadLetterQueue: dlq, to },
      { total: 10, ...options },
      onProgress ?? (() => {}),
      interrupt ?? new AbortController().signal,
    );
  }

  it('moves every message, over several batches', async () => {
    await cloud.send(dlq, orders(23));
    const progress: number[] = [];

    const result = await copied({ onProgress: ({ moved }) => progress.push(moved) });

    expect(result).toEqual({ outcome: 'done', moved: 23, failed: 0, faults: [] });
    expect(cloud.bodies(to).sort()).toEqual(bodiesOf(orders(23)));
    expect(cloud.bodies(dlq)).toEqual([]);
    expect(progress).toEqual([10, 20, 23]);
  });

  it('takes only a long poll without an answer for an empty queue', async () => {
    const waits: number[] = [];

    await copied({
      overrides: {
        receive: async (_, { waitSeconds }) => {
          waits.push(waitSeconds);
          return [];
        },
      },
    });

    expect(waits).toEqual([1]);
  });

  it('keeps body and attributes as they were published, without the error', async () => {
    const envelope = JSON.stringify({ Type: 'Notification', TopicArn: 'arn', Message: '{"a":1}' });
    await cloud.send(dlq, [{ body: envelope, attributes: { ...order('1').attributes, ...error } }]);

    await copied();

    const [arrived] = await cloud.queues.receive(to, {
      maxMessages: 10,
      visibilityTimeoutSeconds: 30,
      waitSeconds: 0,
    });
    expect(arrived).toMatchObject({
      body: envelope,
      attributes: { eventType: { dataType: 'String', value: 'order_placed' } },
      receiveCount: 1,
    });
    expect(Object.keys(arrived?.attributes ?? {})).toEqual(['eventType']);
  });

  it('deletes nothing whose copy was not accepted, and goes on with the others', async () => {
    await cloud.send(dlq, orders(12));
    const poison = orders(12)[3]?.body;

    const result = await copied({
      overrides: {
        send: async (queue, messages) => {
          const refused = messages.filter(({ body }) => body === poison);
          await cloud.queues.send(
            queue,
            messages.filter(({ body }) => body !== poison),
          );
          return refused.map(({ id }) => ({ id, reason: 'InvalidMessageContents: no', passing: false }));
        },
      },
    });

    expect(result).toMatchObject({ outcome: 'failed', moved: 11, failed: 1 });
    expect(result.faults).toEqual([{ messageId: expect.any(String), reason: 'InvalidMessageContents: no' }]);
    expect(cloud.bodies(dlq)).toEqual([poison]);
    expect(cloud.bodies(to)).toHaveLength(11);
    expect(await cloud.queues.state(dlq)).toMatchObject({ visible: 1, inFlight: 0 });
  });

  it('tries again what is refused for the moment, and sends nothing twice by it', async () => {
    await cloud.send(dlq, orders(3));
    let sends = 0;

    const clock = new ManualClock();
    const result = await copied({
      clock,
      overrides: {
        send: async (queue, messages) => {
          sends += 1;
          const [first, ...others] = messages;
          if (sends > 2 || !first) return cloud.queues.send(queue, messages);
          if (others.length > 0) await cloud.queues.send(queue, others);
          return [{ id: first.id, reason: 'InternalError', passing: true }];
        },
      },
    });

    expect(result).toMatchObject({ outcome: 'done', moved: 3, failed: 0 });
    expect(cloud.bodies(to).sort()).toEqual(bodiesOf(orders(3)));
    expect(clock.slept).toEqual([200, 400]);
  });

  it('keeps what is refused for good while it tries the rest of the batch again', async () => {
    await cloud.send(dlq, orders(3));
    const [poison, slow] = orders(3).map(({ body }) => body);
    let sends = 0;

    const result = await copied({
      overrides: {
        send: async (queue, messages) => {
          sends += 1;
          if (sends > 1) return cloud.queues.send(queue, messages);
          const refused = messages.filter(({ body }) => body === poison || body === slow);
          await cloud.queues.send(
            queue,
            messages.filter(message => !refused.includes(message)),
          );
          return refused.map(({ id, body }) => ({ id, reason: 'no', passing: body === slow }));
        },
      },
    });

    expect(result).toMatchObject({ outcome: 'failed', moved: 2, failed: 1 });
    expect(cloud.bodies(dlq)).toEqual([poison]);
    expect(cloud.bodies(to)).toHaveLength(2);
  });

  it('waits when AWS asks for fewer requests, longer each time', async () => {
    await cloud.send(dlq, orders(1));
    const clock = new ManualClock();
    let refusals = 3;

    const result = await copied({
      clock,
      overrides: {
        send: (queue, messages) =>
          refusals-- > 0 ? Promise.reject(new ThrottledError('slower')) : cloud.queues.send(queue, messages),
      },
    });

    expect(result).toMatchObject({ outcome: 'done', moved: 1 });
    expect(clock.slept).toEqual([200, 400, 800]);
  });

  it('stops when AWS goes on asking, tells what was moved, and hides nothing', async () => {
    await cloud.send(dlq, orders(15));
    let sends = 0;

    const result = await copied({
      overrides: {
        send: (queue, messages) => {
          sends += 1;
          return sends === 1
            ? cloud.queues.send(queue, messages)
            : Promise.reject(new ThrottledError('slower'));
        },
      },
    });

    expect(result).toEqual({ outcome: 'failed', moved: 10, failed: 0, faults: [{ reason: 'slower' }] });
    expect(await cloud.queues.state(dlq)).toMatchObject({ visible: 5, inFlight: 0 });
  });

  it('keeps no bodies of what it passes over: of a whole DLQ, they may not fit into memory', async () => {
    await cloud.send(dlq, orders(3));
    const released: object[] = [];

    await copied({
      options: { select: () => false },
      overrides: {
        release: async (queue, messages) => {
          released.push(...messages);
          await cloud.queues.release(queue, messages);
        },
      },
    });

    expect(released).toEqual(Array(3).fill({ id: expect.any(String), receiptHandle: expect.any(String) }));
    expect(await cloud.queues.state(dlq)).toMatchObject({ visible: 3, inFlight: 0 });
  });

  it('stops at once when it may not send', async () => {
    await cloud.send(dlq, orders(15));
    let sends = 0;

    const result = await copied({
      overrides: {
        send: () => {
          sends += 1;
          return Promise.reject(new CommandFailure('Needed: sqs:SendMessage'));
        },
      },
    });

    expect(result).toMatchObject({
      outcome: 'failed',
      moved: 0,
      faults: [{ reason: 'Needed: sqs:SendMessage' }],
    });
    expect(sends).toBe(1);
    expect(cloud.bodies(dlq)).toHaveLength(15);
    expect((await cloud.queues.state(dlq)).inFlight).toBe(0);
  });

  it.each<[string, Partial<Queues>]>([
    [
      'for one message',
      {
        delete: async (_, [first]) => [
          { id: first?.id ?? '', reason: 'ReceiptHandleIsInvalid', passing: false },
        ],
      },
    ],
    ['for all', { delete: () => Promise.reject(new CommandFailure('Needed: sqs:DeleteMessage')) }],
  ])('says that a message is in both queues when deleting fails %s', async (_, overrides) => {
    await cloud.send(dlq, orders(1));

    const result = await copied({ overrides });

    expect(result).toMatchObject({ outcome: 'failed', moved: 0, failed: 1 });
    expect(result.faults[0]?.reason).toMatch(/copied, but not deleted .*in both queues/);
    expect(cloud.bodies(to)).toHaveLength(1);
    expect(cloud.bodies(dlq)).toHaveLength(1);
  });

  it('does not send again in the same run what it could not delete', async () => {
    await cloud.send(dlq, orders(1));
    let receives = 0;

    await copied({
      overrides: {
        delete: async (_, [first]) => [{ id: first?.id ?? '', reason: 'no', passing: false }],
        receive: (queue, options) => {
          receives += 1;
          // Its time hidden runs out at once.
          return cloud.queues.receive(queue, {
            ...options,
            waitSeconds: 0,
            ...(receives < 3 && { visibilityTimeoutSeconds: 0 }),
          });
        },
      },
    });

    expect(receives).toBeGreaterThan(2);
    expect(cloud.bodies(to)).toHaveLength(1);
  });

  it('a crash between copy and deletion duplicates and loses nothing', async () => {
    await cloud.send(dlq, orders(3));
    const crash = new Error('killed');

    await expect(copied({ overrides: { delete: () => Promise.reject(crash) } })).rejects.toBe(crash);
    const result = await copied();

    expect(result).toMatchObject({ outcome: 'done', moved: 3 });
    expect(new Set(cloud.bodies(to))).toEqual(new Set(bodiesOf(orders(3))));
    expect(cloud.bodies(to)).toHaveLength(6);
  });

  it('ends after the batch in hand at Ctrl-C', async () => {
    await cloud.send(dlq, orders(25));
    const interrupt = new AbortController();

    const result = await copied({
      interrupt: interrupt.signal,
      onProgress: ({ moved }) => moved >= 10 && interrupt.abort(),
    });

    expect(result).toEqual({ outcome: 'interrupted', moved: 10, failed: 0, faults: [] });
    expect(cloud.bodies(to)).toHaveLength(10);
    expect(await cloud.queues.state(dlq)).toMatchObject({ visible: 15, inFlight: 0 });
  });

  it('keeps to the rate', async () => {
    await cloud.send(dlq, orders(12));
    const clock = new ManualClock();

    await copied({ clock, options: { ratePerSecond: 4 } });

    // Twelve messages at four a second, in batches of four.
    expect(clock.slept).toEqual([1_000, 1_000, 1_000]);
  });

  describe('from a FIFO queue', () => {
    beforeEach(() => createQueues('.fifo'));

    const step = (group: string, number: number): TestMessage => ({
      body: `${group}${number}`,
      groupId: group,
      deduplicationId: `${group}-${number}`,
    });

    it('keeps order, groups and deduplication ids', async () => {
      const steps = [step('a', 1), step('b', 1), step('a', 2), step('a', 3)];
      await cloud.send(dlq, steps);

      expect(await copied()).toMatchObject({ outcome: 'done', moved: 4 });

      const inGroupA = cloud.bodies(to).filter(body => body.startsWith('a'));
      expect(inGroupA).toEqual(['a1', 'a2', 'a3']);
      // The same ids again: the queue takes them for what they are.
      await cloud.send(to, steps);
      expect(cloud.bodies(to)).toHaveLength(4);
    });

    it('lets nothing overtake a message that fails, and goes on with other groups', async () => {
      await cloud.send(dlq, [step('a', 1), step('a', 2), step('b', 1), step('b', 2)]);

      const result = await copied({
        overrides: {
          send: async (queue, messages) =>
            messages[0]?.body === 'a1'
              ? [{ id: messages[0].id, reason: 'no', passing: false }]
              : cloud.queues.send(queue, messages),
        },
      });

      expect(result).toMatchObject({ outcome: 'failed', moved: 2, failed: 1 });
      expect(cloud.bodies(to)).toEqual(['b1', 'b2']);
      expect(cloud.bodies(dlq)).toEqual(['a1', 'a2']);
    });
  });
});
