import fc from 'fast-check';
import { formatDuration, parseDuration } from '../../../local/simulation/durations.ts';
import { Random } from '../../../local/simulation/random.ts';
import { Timeline } from '../../../local/simulation/timeline.ts';

describe('simulated time', () => {
  it('lets everything happen in order of time, and of two at once the first made first', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(50), { maxLength: 60 }), times => {
        const timeline = new Timeline();
        const happened: { at: number; made: number }[] = [];
        times.forEach((at, made) => {
          timeline.at(at, () => happened.push({ at: timeline.now, made }));
        });

        timeline.runUntil(100);

        const expected = times
          .map((at, made) => ({ at, made }))
          .sort((one, other) => one.at - other.at || one.made - other.made);
        expect(happened).toEqual(expected);
        expect(timeline.now).toBe(100);
      }),
      { seed: 20, numRuns: 100 },
    );
  });

  it('leaves out what was called off, and what lies beyond the end', () => {
    const timeline = new Timeline();
    const happened: string[] = [];
    const off = timeline.after(10, () => happened.push('called off'));
    timeline.after(20, () => {
      happened.push('at 20');
      timeline.after(5, () => happened.push('at 25'));
    });
    timeline.after(31, () => happened.push('too late'));
    off.callOff();

    timeline.runUntil(30);

    expect(happened).toEqual(['at 20', 'at 25']);
  });
});

describe('durations', () => {
  it.each([
    ['90s', 90],
    ['10m', 600],
    ['10min', 600],
    ['1h30m', 5_400],
    ['0.5h', 1_800],
    ['2d', 172_800],
    ['5', undefined],
    ['m', undefined],
    ['1w', undefined],
  ])('reads %s', (text, seconds) => {
    expect(parseDuration(text)).toBe(seconds);
  });

  it.each([
    [0, '0 s'],
    [45.4, '45 s'],
    [120, '2 min'],
    [750, '12 min 30 s'],
    [11_100, '3 h 5 min'],
    [7_199.9, '2 h'],
  ])('says %d seconds as %s', (seconds, text) => {
    expect(formatDuration(seconds)).toBe(text);
  });
});

describe('chance', () => {
  const random = new Random(7);
  const drawn = (draw: () => number) => Array.from({ length: 20_000 }, draw);
  const mean = (values: readonly number[]) => values.reduce((total, each) => total + each, 0) / values.length;

  it('gives durations of the mean and the spread that are asked for', () => {
    const durations = drawn(() => random.duration(60, 0.5));
    const deviation = Math.sqrt(mean(durations.map(each => (each - 60) ** 2)));

    expect(mean(durations)).toBeCloseTo(60, -1);
    expect(deviation / 60).toBeCloseTo(0.5, 1);
    expect(Math.min(...durations)).toBeGreaterThan(0);
    expect(random.duration(60, 0)).toBe(60);
  });

  it('gives gaps of the mean that is asked for', () => {
    expect(mean(drawn(() => random.exponential(6)))).toBeCloseTo(6, 0);
  });
});
