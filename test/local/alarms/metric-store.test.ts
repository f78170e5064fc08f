import { MetricStore } from '../../../local/alarms/metric-store.ts';

const sample = {
  namespace: 'Orders',
  name: 'Failed',
  dimensions: { service: 'payment' },
  value: 1,
  unit: 'Count',
  timestamp: 1_000,
};
const metric = { namespace: 'Orders', name: 'Failed', dimensions: { service: 'payment' } };

describe('MetricStore', () => {
  it('gives the values from the start of a period up to its end', () => {
    const store = new MetricStore();
    for (const timestamp of [999, 1_000, 1_999, 2_000])
      store.record({ ...sample, value: timestamp, timestamp });

    expect(store.values(metric, 1_000, 2_000)).toEqual([1_000, 1_999]);
  });

  it('tells metrics apart by namespace, name and exact dimensions, whatever their order', () => {
    const store = new MetricStore();
    store.record({ ...sample, dimensions: { a: '1', b: '2' } });
    const read = (overrides: object) =>
      store.values({ ...metric, dimensions: { b: '2', a: '1' }, ...overrides }, 0, 2_000);

    expect(read({})).toEqual([1]);
    expect(read({ dimensions: { a: '1' } })).toEqual([]);
    expect(read({ dimensions: {} })).toEqual([]);
    expect(read({ namespace: 'Other' })).toEqual([]);
    expect(read({ name: 'Other' })).toEqual([]);
  });

  it('gives the values of one unit when asked for it', () => {
    const store = new MetricStore();
    store.record(sample);
    store.record({ ...sample, unit: 'Bytes', value: 2 });

    expect(store.values({ ...metric, unit: 'Bytes' }, 0, 2_000)).toEqual([2]);
  });

  it('drops what is older than it must keep, and keeps what is not', () => {
    const store = new MetricStore();
    store.retain(120_000);
    for (let count = 0; count < 2_048; count += 1) store.record({ ...sample, timestamp: count * 100 });

    expect(store.values(metric, 0, 1_000)).toEqual([]);
    expect(store.values(metric, 2_047 * 100 - 120_000, 2_048 * 100)).toHaveLength(1_201);
  });
});
