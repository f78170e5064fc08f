import fc from 'fast-check';
import { arrivalsOf, LoadError, lastChange, parseLoad } from '../../../local/simulation/load.ts';
import { Random } from '../../../local/simulation/random.ts';

const hour = 3_600;

describe('a load', () => {
  it('is of bursts and streams, with times in any unit', () => {
    expect(parseLoad('1000@t0, 500@1h30m,10/min,0-60m:20/min,2/s,1h-2h:0.5/h')).toEqual({
      bursts: [
        { count: 1_000, at: 0 },
        { count: 500, at: 5_400 },
      ],
      streams: [
        { perSecond: 10 / 60, from: 0, to: Number.POSITIVE_INFINITY },
        { perSecond: 20 / 60, from: 0, to: hour },
        { perSecond: 2, from: 0, to: Number.POSITIVE_INFINITY },
        { perSecond: 0.5 / hour, from: hour, to: 2 * hour },
      ],
    });
  });

  it.each([
    ['', '"" is no load'],
    ['1000', '"1000" is no load'],
    ['1000@soon', '"1000@soon" has an unknown time, soon'],
    ['10/min,10/fortnight', '"10/fortnight" has an unknown unit of time, fortnight'],
    ['10-60:20/min', '"10-60:20/min" has an unknown time, 10'],
    ['60m-30m:20/min', '"60m-30m:20/min" ends before it begins'],
    ['-5@t0', '"-5@t0" is no load'],
  ])('"%s" is refused, with what is wrong and what is allowed', (text, wrong) => {
    expect(() => parseLoad(text)).toThrow(LoadError);
    expect(() => parseLoad(text)).toThrow(`${wrong}. Allowed are`);
  });

  it('names the time of its last change', () => {
    expect(lastChange(parseLoad('10/min'))).toBe(0);
    expect(lastChange(parseLoad('5@20m,0-60m:20/min,10/min'))).toBe(hour);
  });

  it('is refused when it has more messages than can be simulated', () => {
    expect(() => arrivalsOf(parseLoad('100/s'), 24 * hour, new Random(1))).toThrow(
      /8,640,000 messages.*up to 1,000,000.*--until/,
    );
  });

  it('sends every message of a burst, as many of a stream as its rate says, in order, the same for a seed', () => {
    fc.assert(
      fc.property(fc.nat(500), fc.integer({ min: 1, max: 60 }), fc.nat(), (burst, perMinute, seed) => {
        const load = parseLoad(`${burst}@10m,60m-120m:${perMinute}/min`);
        const sent = arrivalsOf(load, 3 * hour, new Random(seed));

        expect(arrivalsOf(load, 3 * hour, new Random(seed))).toEqual(sent);
        expect(sent.map(({ at }) => at)).toEqual(sent.map(({ at }) => at).sort((one, other) => one - other));
        expect(sent.filter(arrival => arrival.burst === 0).every(({ at }) => at === 600)).toBe(true);
        const streamed = sent.filter(arrival => arrival.burst === undefined);
        expect(sent.length - streamed.length).toBe(burst);
        expect(streamed.every(({ at }) => at >= hour && at < 2 * hour)).toBe(true);
        // Six standard deviations of what comes at random.
        const expected = 60 * perMinute;
        expect(Math.abs(streamed.length - expected)).toBeLessThan(6 * Math.sqrt(expected));
      }),
      { seed: 20, numRuns: 30 },
    );
  });

  it('sends nothing after the end', () => {
    expect(arrivalsOf(parseLoad('5@30m,1/min'), 1_200, new Random(1)).every(({ at }) => at < 1_200)).toBe(
      true,
    );
  });
});
