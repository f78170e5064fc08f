import type { AlarmRule, MissingDataTreatment } from '../../../local/alarms/alarm-spec.ts';
import { evaluationRange, judge } from '../../../local/alarms/alarm-verdict.ts';

const ruleOf = (overrides: Partial<AlarmRule> = {}): AlarmRule => ({
  comparisonOperator: 'GreaterThanOrEqualToThreshold',
  threshold: 1,
  evaluationPeriods: 3,
  datapointsToAlarm: 3,
  treatMissingData: 'missing',
  ...overrides,
});

/** Data points as the user guide writes them: 0 within the threshold, X breaching, - missing; the oldest first. */
const range = (text: string) =>
  text.split(' ').map((sign, place) => ({ timestamp: place * 60_000, value: { X: 1, '0': 0 }[sign] }));

const TREATMENTS: readonly MissingDataTreatment[] = ['missing', 'ignore', 'breaching', 'notBreaching'];

const statesOf = (text: string, overrides: Partial<AlarmRule>) =>
  TREATMENTS.map(
    treatMissingData => judge(ruleOf({ ...overrides, treatMissingData }), range(text)).state ?? 'retain',
  );

describe('judge', () => {
  it('looks at five periods for three', () => {
    expect(evaluationRange(ruleOf())).toBe(5);
  });

  // The tables of the user guide, "How alarm state is evaluated when data is missing".
  it.each([
    ['0 - X - X', ['OK', 'OK', 'OK', 'OK']],
    ['0 - - - -', ['OK', 'OK', 'OK', 'OK']],
    ['- - - - -', ['INSUFFICIENT_DATA', 'retain', 'ALARM', 'OK']],
    ['0 X X - X', ['ALARM', 'ALARM', 'ALARM', 'ALARM']],
    ['- - - - X', ['INSUFFICIENT_DATA', 'retain', 'ALARM', 'OK']],
    ['X - - - -', ['ALARM', 'retain', 'ALARM', 'OK']],
    ['- - X - -', ['ALARM', 'retain', 'ALARM', 'OK']],
  ])('decides 3 out of 3 of %s', (text, states) => {
    expect(statesOf(text, {})).toEqual(states);
  });

  it.each([
    ['0 - X - X', ['ALARM', 'ALARM', 'ALARM', 'ALARM']],
    ['0 0 X 0 X', ['ALARM', 'ALARM', 'ALARM', 'ALARM']],
    ['0 - X - -', ['OK', 'OK', 'ALARM', 'OK']],
    ['- - - - 0', ['OK', 'OK', 'ALARM', 'OK']],
    ['- - - - X', ['INSUFFICIENT_DATA', 'retain', 'ALARM', 'OK']],
  ])('decides 2 out of 3 of %s', (text, states) => {
    expect(statesOf(text, { datapointsToAlarm: 2 })).toEqual(states);
  });

  it.each([
    ['GreaterThanOrEqualToThreshold', 'OK', 'ALARM', 'ALARM'],
    ['GreaterThanThreshold', 'OK', 'OK', 'ALARM'],
    ['LessThanThreshold', 'ALARM', 'OK', 'OK'],
    ['LessThanOrEqualToThreshold', 'ALARM', 'ALARM', 'OK'],
  ] as const)('compares by %s', (comparisonOperator, below, equal, above) => {
    const rule = ruleOf({ comparisonOperator, evaluationPeriods: 1, datapointsToAlarm: 1 });
    const stateOf = (value: number) => judge(rule, [{ timestamp: 0, value }]).state;

    expect([stateOf(0), stateOf(1), stateOf(2)]).toEqual([below, equal, above]);
  });

  it('evaluates the most recent of enough data points, and fills none', () => {
    const verdict = judge(ruleOf(), range('X X 0 X 0'));

    expect(verdict).toEqual({
      state: 'OK',
      evaluated: [
        { timestamp: 240_000, value: 0 },
        { timestamp: 180_000, value: 1 },
        { timestamp: 120_000, value: 0 },
      ],
      filled: 0,
    });
  });
});
