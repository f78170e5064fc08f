import { findStatistic } from '../../../local/alarms/statistic.ts';

describe('findStatistic', () => {
  it.each([
    ['Sum', 10],
    ['Average', 2.5],
    ['Minimum', 1],
    ['Maximum', 4],
    ['SampleCount', 4],
    ['p50', 2.5],
    ['p100', 4],
    ['p0', 1],
    ['p99.9', 3.997],
  ])('computes %s', (name, expected) => {
    expect(findStatistic(name)?.([4, 1, 3, 2])).toBeCloseTo(expected, 9);
  });

  it('makes no data point of no values', () => {
    expect(findStatistic('Sum')?.([])).toBeUndefined();
  });

  it.each(['tm90', 'IQM', 'p101', 'sum'])('does not know %s', name => {
    expect(findStatistic(name)).toBeUndefined();
  });
});
