import { batchesBySize } from '../../../cli/sending/send-batches.ts';

const message = (bytes: number, attributes = {}) => ({ body: 'x'.repeat(bytes), attributes });

describe('batchesBySize', () => {
  it('holds ten at the most', () => {
    const batches = batchesBySize(Array.from({ length: 23 }, () => message(1)));

    expect(batches.map(batch => batch.length)).toEqual([10, 10, 3]);
  });

  it('holds 256 KiB at the most, attributes included', () => {
    const half = 131_072;

    expect(batchesBySize([message(half), message(half)])).toHaveLength(1);
    expect(batchesBySize([message(half), message(half + 1)])).toHaveLength(2);
    const attributes = { n: { dataType: 'S', value: 'vv' } };
    expect(batchesBySize([message(half), message(half - 4, attributes)])).toHaveLength(1);
    expect(batchesBySize([message(half), message(half - 3, attributes)])).toHaveLength(2);
  });

  it('counts bytes, not characters', () => {
    const umlauts = { body: 'ü'.repeat(100_000), attributes: {} };

    expect(batchesBySize([umlauts, umlauts])).toHaveLength(2);
  });

  it('lets a message that is larger than a batch go alone', () => {
    const batches = batchesBySize([message(1), message(1_048_576), message(1)]);

    expect(batches.map(batch => batch.length)).toEqual([1, 1, 1]);
  });
});
