import { CallBatch } from '../../../worker/polling/call-batch.ts';

describe('CallBatch', () => {
  it('sends what is called at the same moment in one batch of up to ten', async () => {
    const batches: number[][] = [];
    const batch = new CallBatch<number>(async entries => {
      batches.push([...entries]);
      return [];
    });

    await Promise.all(Array.from({ length: 12 }, (_, index) => batch.call(index)));

    expect(batches).toEqual([
      [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
      [10, 11],
    ]);
  });

  it('fails the entries that failed, and no other', async () => {
    const batch = new CallBatch<string>(async entries =>
      entries.map(entry => (entry === 'bad' ? new Error('refused') : undefined)),
    );

    const results = await Promise.allSettled([batch.call('good'), batch.call('bad'), batch.call('fine')]);

    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  });

  it('fails every entry of a call that failed, and goes on', async () => {
    let down = true;
    const batch = new CallBatch<string>(async () => {
      if (down) throw new Error('down');
      return [];
    });

    const results = await Promise.allSettled([batch.call('a'), batch.call('b')]);
    down = false;

    expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    await expect(batch.call('c')).resolves.toBeUndefined();
  });
});
