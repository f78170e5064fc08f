import { daysOf, moment, momentText } from '../../../cli/archive/window.ts';

const at = (text: string) => Date.parse(text);
const anHour = 3_600_000;

describe('days that a window is filed under', () => {
  it.each([
    [
      'a day, with the buffer’s time before and an hour after it',
      '2026-11-01',
      '2026-11-02',
      ['2026-10-31', '2026-11-01', '2026-11-02'],
    ],
    ['an hour of the day', '2026-11-01T10:00:00Z', '2026-11-01T11:00:00Z', ['2026-11-01']],
    [
      'the first minutes of a day',
      '2026-11-01T00:14:59Z',
      '2026-11-01T00:15:00Z',
      ['2026-10-31', '2026-11-01'],
    ],
    ['what comes after those', '2026-11-01T00:15:00Z', '2026-11-01T00:20:00Z', ['2026-11-01']],
    [
      'the last moment whose late ones are of the same day',
      '2026-11-01T22:00:00Z',
      '2026-11-01T23:00:00Z',
      ['2026-11-01'],
    ],
    ['a turn of months', '2026-02-28T12:00:00Z', '2026-03-01T12:00:00Z', ['2026-02-28', '2026-03-01']],
  ])('are those of %s', (_, from, to, days) => {
    expect(daysOf({ from: at(from), to: at(to) }, anHour)).toEqual(days);
  });
});

it('may be now', () => {
  const before = Date.now();
  expect(moment('now')).toBeGreaterThanOrEqual(before);
  expect(moment('now')).toBeLessThanOrEqual(Date.now());
});

it.each(['2026-02-30', '2026-02-30T10:00:00Z', '2026-04-31T23:30:00-05:00'])('is not %s', text => {
  expect(() => moment(text)).toThrow(/Allowed is a day/);
});

it('is written as short as it can be', () => {
  expect(momentText(at('2026-11-01'))).toBe('2026-11-01');
  expect(momentText(at('2026-11-01T10:00:00+01:00'))).toBe('2026-11-01T09:00:00.000Z');
});
