import { CommandFailure } from '../../../cli/command-errors.ts';
import type { BatchFailure, OutgoingMessage, Queue } from '../../../cli/queues/queues.ts';
import { type BulkOptions, sendAll } from '../../../cli/sending/bulk-sender.ts';
import { ManualClock } from '../manual-clock.ts';

type Send = (batch: readonly OutgoingMessage[]) => Promise<readonly BatchFailure[]>;

const queueOf = (name: string): Queue => ({
  name,
  url: 'u',
  arn: 'a',
  region: 'r',
  fifo: name.endsWith('.fifo'),
});
const standard = queueOf('q');
const fifo = queueOf('q.fifo');
const messages = (count: number, groups?: number): OutgoingMessage[] =>
  Array.from({ length: count }, (_, index) => ({
    id: `${index}`,
    body: `${index}`,
    attributes: {},
    ...(groups && { groupId: `group-${index % groups}` }),
  }));

async function* stream(of: readonly OutgoingMessage[]) {
  yield* of;
}

async function run(
  queue: Queue,
  source: AsyncIterable<OutgoingMessage>,
  send: Send,
  options: Partial<BulkOptions> = {},
  interrupt = new AbortController(),
) {
  const unsent: [string, string][] = [];
  const result = await sendAll(
    { queues: { send: (_, batch) => send(batch) }, clock: new ManualClock() },
    queue,
    source,
    {
      onProgress: () => {},
      onUnsent: ({ id }, reason) => {
        unsent.push([id, reason]);
      },
      ...options,
    },
    interrupt.signal,
  );
  return { result, unsent };
}

/** A turn of the event loop, so that batches are on their way side by side. */
const turn = () => new Promise(resolve => setImmediate(resolve));

describe('sendAll', () => {
  it('sends each once, in full batches, several at a time', async () => {
    const sizes: number[] = [];
    const sent: string[] = [];
    let open = 0;
    let most = 0;

    const { result } = await run(
      standard,
      stream(messages(95)),
      async batch => {
        open += 1;
        most = Math.max(most, open);
        sizes.push(batch.length);
        sent.push(...batch.map(({ id }) => id));
        await turn();
        open -= 1;
        return [];
      },
      { concurrency: 4 },
    );

    expect(result).toEqual({ outcome: 'done', sent: 95, unsent: 0 });
    expect(new Set(sent).size).toBe(95);
    expect(sizes.filter(size => size === 10)).toHaveLength(9);
    expect(most).toBe(4);
  });

  it('sends again what may yet succeed', async () => {
    const tries = new Map<string, number>();

    const { result } = await run(standard, stream(messages(30)), async batch =>
      batch.flatMap(({ id }) => {
        tries.set(id, (tries.get(id) ?? 0) + 1);
        return Number(id) % 3 === 0 && tries.get(id) === 1
          ? [{ id, reason: 'InternalError', passing: true }]
          : [];
      }),
    );

    expect(result).toEqual({ outcome: 'done', sent: 30, unsent: 0 });
    expect([...tries.values()].filter(count => count === 2)).toHaveLength(10);
  });

  it('tells what stays refused, and sends the rest', async () => {
    const { result, unsent } = await run(standard, stream(messages(12)), async batch =>
      batch.filter(({ id }) => id === '3').map(({ id }) => ({ id, reason: 'no', passing: false })),
    );

    expect(result).toEqual({ outcome: 'failed', sent: 11, unsent: 1 });
    expect(unsent).toEqual([['3', 'no']]);
  });

  it('keeps one message of a group on its way, and the order within each', async () => {
    const onWay = new Set<string>();
    const order = new Map<string, number[]>();

    const { result } = await run(fifo, stream(messages(200, 7)), async batch => {
      for (const { groupId = '', id } of batch) {
        expect(onWay.has(groupId)).toBe(false);
        onWay.add(groupId);
        order.set(groupId, [...(order.get(groupId) ?? []), Number(id)]);
      }
      await turn();
      for (const { groupId = '' } of batch) onWay.delete(groupId);
      return [];
    });

    expect(result.sent).toBe(200);
    for (const ids of order.values()) expect(ids).toEqual([...ids].sort((a, b) => a - b));
  });

  it('lets nothing overtake a message of its group that failed', async () => {
    const { result, unsent } = await run(fifo, stream(messages(9, 3)), async batch =>
      batch.filter(({ id }) => id === '1').map(({ id }) => ({ id, reason: 'no', passing: false })),
    );

    expect(result).toMatchObject({ sent: 6, unsent: 3 });
    expect(unsent).toEqual([
      ['1', 'no'],
      ['4', 'behind a message of its group that failed'],
      ['7', 'behind a message of its group that failed'],
    ]);
  });

  it('goes on in other groups of a standard queue that takes no offence', async () => {
    const { result } = await run(standard, stream(messages(9, 3)), async batch =>
      batch.filter(({ id }) => id === '1').map(({ id }) => ({ id, reason: 'no', passing: false })),
    );

    expect(result).toMatchObject({ sent: 8, unsent: 1 });
  });

  it('ends where no request can succeed, and tells all that was not sent', async () => {
    let requests = 0;

    const { result, unsent } = await run(
      standard,
      stream(messages(100)),
      async () => {
        requests += 1;
        if (requests > 1) throw new CommandFailure('access denied');
        return [];
      },
      { concurrency: 1 },
    );

    expect(result).toEqual({ outcome: 'failed', sent: 10, unsent: 90, fault: 'access denied' });
    expect(unsent).toHaveLength(90);
  });

  it('stops after the batches in hand, and tells all that was not sent', async () => {
    const interrupt = new AbortController();

    const { result, unsent } = await run(
      standard,
      stream(messages(100)),
      async () => {
        interrupt.abort();
        return [];
      },
      { concurrency: 2 },
      interrupt,
    );

    expect(result.outcome).toBe('interrupted');
    expect(result.sent + unsent.length).toBe(100);
    expect(result.sent).toBeLessThanOrEqual(20);
  });

  it('ends where what it reads from breaks', async () => {
    async function* broken() {
      yield* messages(3);
      throw new CommandFailure('Line 4 is no message');
    }

    const { result, unsent } = await run(standard, broken(), async () => []);

    expect(result).toMatchObject({ outcome: 'failed', fault: 'Line 4 is no message' });
    expect(result.sent + unsent.length).toBe(3);
  });

  it('keeps a rate', async () => {
    const clock = new ManualClock();

    await sendAll(
      { queues: { send: async () => [] }, clock },
      standard,
      stream(messages(30)),
      { concurrency: 1, ratePerSecond: 5, onProgress: () => {}, onUnsent: () => {} },
      new AbortController().signal,
    );

    expect(clock.now()).toBeGreaterThanOrEqual(5_000);
  });
});
