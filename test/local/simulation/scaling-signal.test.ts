import type { StepPolicy } from '../../../local/simulation/fleet-model.ts';
import { percents, signalAt, tracking } from './scaling-policies.ts';

const repeated = (value: number, times: number) => Array.from({ length: times }, () => value);

describe('a step policy', () => {
  it.each([
    [49.9, 10, undefined],
    [50, 10, 10],
    [60, 10, 11],
    [69.9, 10, 11],
    [70, 11, 14],
    [500, 10, 13],
    [60, 4, 5],
  ])('at %d, makes %d workers to %s', (value, current, expected) => {
    expect(signalAt(percents, [value])?.capacityFrom(current)).toBe(expected);
  });

  it('changes by its least adjustment when the share is smaller', () => {
    expect(signalAt({ ...percents, minAdjustment: 2 }, [60])?.capacityFrom(10)).toBe(12);
  });

  it('sets an exact number', () => {
    const exact = { ...percents, adjustmentType: 'ExactCapacity' as const };
    expect(signalAt(exact, [60])?.capacityFrom(3)).toBe(10);
  });

  it.each([
    [50, 10, 10],
    [40, 14, 13],
    [30, 13, 10],
    [0, 10, 7],
  ])('that scales in, at %d, makes %d workers to %d', (value, current, expected) => {
    const inward: StepPolicy = {
      ...percents,
      alarm: { ...percents.alarm, comparisonOperator: 'LessThanOrEqualToThreshold' },
      steps: [
        { lower: -10, upper: 0, adjustment: 0 },
        { lower: -20, upper: -10, adjustment: -10 },
        { lower: Number.NEGATIVE_INFINITY, upper: -20, adjustment: -30 },
      ],
    };
    expect(signalAt(inward, [value])?.capacityFrom(current)).toBe(expected);
  });
});

describe('a target tracking policy', () => {
  it('scales out in proportion after three minutes above its target', () => {
    expect(signalAt(tracking, [0, 0, 16, 16])).toBeUndefined();
    const signal = signalAt(tracking, [0, 16, 16, 16]);
    expect([signal?.direction, signal?.capacityFrom(4)]).toEqual(['out', 7]);
  });

  it('scales in after fifteen minutes below nine tenths of it, and never too far', () => {
    expect(signalAt(tracking, [9.5, ...repeated(8, 14)])).toBeUndefined();
    expect(signalAt(tracking, repeated(9, 20))).toBeUndefined();
    const signal = signalAt(tracking, repeated(8, 17));
    expect([signal?.direction, signal?.capacityFrom(4)]).toEqual(['in', 4]);
    expect(signal?.capacityFrom(10)).toBe(8);
  });

  it('asks for nothing without data, nor inwards when it is not to scale in', () => {
    expect(
      signalAt(
        tracking,
        repeated(16, 20).map(() => undefined),
      ),
    ).toBeUndefined();
    expect(signalAt({ ...tracking, scalesIn: false }, repeated(1, 20))).toBeUndefined();
  });
});
