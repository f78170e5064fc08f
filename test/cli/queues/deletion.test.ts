import { deleteMessages } from '../../../cli/queues/deletion.ts';
import type { Queue } from '../../../cli/queues/queues.ts';
import { ManualClock } from '../manual-clock.ts';

const queue: Queue = { name: 'q', url: 'u', arn: 'a', region: 'r', fifo: false };
const messages = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ id: `${index}`, receiptHandle: `handle-${index}` }));

describe('deleteMessages', () => {
  it('deletes in batches of ten', async () => {
    const batches: number[] = [];
    const queues = {
      delete: async (_: Queue, batch: readonly unknown[]) => {
        batches.push(batch.length);
        return [];
      },
    };

    expect(await deleteMessages({ queues, clock: new ManualClock() }, queue, messages(23))).toEqual([]);
    expect(batches).toEqual([10, 10, 3]);
  });

  it('tries again what may yet succeed, and tells what does not', async () => {
    const asked: string[][] = [];
    const queues = {
      delete: async (_: Queue, batch: readonly { readonly id: string }[]) => {
        asked.push(batch.map(({ id }) => id));
        return asked.length === 1
          ? [
              { id: '0', reason: 'ReceiptHandleIsInvalid', passing: false },
              { id: '1', reason: 'InternalError', passing: true },
            ]
          : [];
      },
    };

    const failures = await deleteMessages({ queues, clock: new ManualClock() }, queue, messages(3));

    expect(failures).toEqual([{ id: '0', reason: 'ReceiptHandleIsInvalid', passing: false }]);
    expect(asked).toEqual([['0', '1', '2'], ['1']]);
  });
});
