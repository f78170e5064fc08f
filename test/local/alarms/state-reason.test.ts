import { type AlarmSpec, readAlarmRule } from '../../../local/alarms/alarm-spec.ts';
import { type Datapoint, judge } from '../../../local/alarms/alarm-verdict.ts';
import { stateReason } from '../../../local/alarms/state-reason.ts';

const START = Date.UTC(2026, 2, 26, 9, 40);

function reasonOf(overrides: Partial<AlarmSpec>, values: readonly (number | undefined)[]) {
  const spec: AlarmSpec = {
    alarmName: 'a',
    comparisonOperator: 'GreaterThanThreshold',
    threshold: 0,
    evaluationPeriods: 1,
    ...overrides,
  };
  const rule = readAlarmRule(spec);
  const range = values.map((value, place): Datapoint => ({ timestamp: START + place * 60_000, value }));
  const verdict = judge(rule, range);
  if (verdict.state === undefined) throw new Error('no state to give a reason for');
  return stateReason(spec, rule, verdict, verdict.state);
}

describe('stateReason', () => {
  it.each([
    [
      'an alarm of one data point',
      {},
      [undefined, undefined, 1],
      'Threshold Crossed: 1 datapoint [1.0 (26/03/26 09:42:00)] was greater than the threshold (0.0).',
    ],
    [
      'recovery of an alarm of two data points',
      { evaluationPeriods: 2, comparisonOperator: 'GreaterThanOrEqualToThreshold', threshold: 2.5 },
      [0.5, 1],
      'Threshold Crossed: 2 datapoints [1.0 (26/03/26 09:41:00), 0.5 (26/03/26 09:40:00)] were not greater than or equal to the threshold (2.5).',
    ],
    [
      'an alarm of M out of N',
      { evaluationPeriods: 3, datapointsToAlarm: 2 },
      [2, 0, 3],
      'Threshold Crossed: 2 out of the last 3 datapoints [3.0 (26/03/26 09:42:00), 2.0 (26/03/26 09:40:00)] were greater than the threshold (0.0) (minimum 2 datapoints for OK -> ALARM transition).',
    ],
    [
      'recovery of an alarm of M out of N',
      { evaluationPeriods: 3, datapointsToAlarm: 2, comparisonOperator: 'LessThanThreshold', threshold: 1 },
      [0, 2, 2],
      'Threshold Crossed: 2 out of the last 3 datapoints [2.0 (26/03/26 09:42:00), 2.0 (26/03/26 09:41:00)] were not less than the threshold (1.0) (minimum 2 datapoints for ALARM -> OK transition).',
    ],
    [
      'missing data that is not breaching',
      { treatMissingData: 'notBreaching' },
      [undefined],
      'Threshold Crossed: no datapoints were received for 1 period and 1 missing datapoint was treated as [NonBreaching].',
    ],
    [
      'missing data that is breaching',
      { treatMissingData: 'breaching', evaluationPeriods: 3 },
      [undefined],
      'Threshold Crossed: no datapoints were received for 3 periods and 3 missing datapoints were treated as [Breaching].',
    ],
    [
      'data that is missing in part',
      { treatMissingData: 'breaching', evaluationPeriods: 2 },
      [undefined, 4],
      'Threshold Crossed: 1 datapoint [4.0 (26/03/26 09:41:00)] was greater than the threshold (0.0) and 1 missing datapoint was treated as [Breaching].',
    ],
    ['no data', {}, [undefined], 'Insufficient Data: 1 datapoint was unknown.'],
    [
      'no data for long',
      { evaluationPeriods: 3 },
      [undefined],
      'Insufficient Data: 3 datapoints were unknown.',
    ],
  ])('tells of %s', (_case, overrides, values, reason) => {
    expect(reasonOf(overrides, values)).toBe(reason);
  });
});
