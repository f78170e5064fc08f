import { UnsupportedExpression } from '../../../local/alarms/expression-parser.ts';
import { evaluateExpression, type Series } from '../../../local/alarms/metric-math.ts';

const _ = undefined;
const METRICS = new Map<string, Series>([
  ['m1', [30, 20, 0, 0]],
  ['m2', [20, _, 20, _]],
  ['errors', [1, _, 3, _]],
]);

const evaluate = (expression: string) =>
  evaluateExpression(expression, {
    periodSeconds: 60,
    length: 4,
    metrics: METRICS,
    find: id => METRICS.get(id),
  });

describe('evaluateExpression', () => {
  it.each<[string, Series]>([
    ['m1', [30, 20, 0, 0]],
    ['m1 + m2', [50, 20, 20, 0]],
    ['m1 - m2', [10, 20, -20, 0]],
    ['-errors', [-1, _, -3, _]],
    ['errors * 100', [100, _, 300, _]],
    ['2 * (m1 + 1) ^ 2', [1922, 882, 2, 2]],
    ['10 - 2 - m1', [-22, -12, 8, 8]],
    ['m2 / m1', [20 / 30, 0, _, _]],
    ['100 * errors / m2', [5, _, 15, _]],
    ['m1 < m2', [0, 0, 1, 0]],
    ['m1 >= 30', [1, 0, 0, 0]],
    ['m1 > 15 AND m2 > 15', [1, 0, 0, 0]],
    ['m1 > 15 || m2 > 15', [1, 1, 1, 0]],
    ['m1 == 0', [0, 0, 1, 1]],
    ['FILL(m2, 0)', [20, 0, 20, 0]],
    ['FILL(m2, m1)', [20, 20, 20, 0]],
    ['FILL(errors, REPEAT)', [1, 1, 3, 3]],
    ['SUM([m1, m2])', [50, 20, 20, 0]],
    ['SUM(METRICS())', [51, 20, 23, 0]],
    ['SUM(METRICS("m"))', [50, 20, 20, 0]],
    ['SUM([METRICS("m1"), errors])', [31, 20, 3, 0]],
    ['SUM(METRICS() / 2)', [25.5, 10, 11.5, 0]],
    ['MAX([m1, m2])', [30, 20, 20, 0]],
    ['MIN([m1, m2])', [20, 20, 0, 0]],
    ['AVG([m1, m2])', [25, 10, 10, 0]],
    ['SUM(FILL([errors, m2], 1))', [21, 2, 23, 2]],
    ['IF(m1 > 15, m1, 0)', [30, 20, 0, 0]],
    ['IF(m1 > 15, m2)', [20, _, _, _]],
    ['ABS(m1 - 25)', [5, 5, 25, 25]],
    ['CEIL(m1 / 7)', [5, 3, 0, 0]],
    ['FLOOR(m1 / 7)', [4, 2, 0, 0]],
    ['m1 / PERIOD(m1)', [0.5, 20 / 60, 0, 0]],
  ])('evaluates %s', (expression, values) => {
    expect(evaluate(expression)).toEqual(values);
  });

  it.each([
    ['SUM(m1)', 'SUM of a series is not evaluated locally'],
    ['METRICS()', 'gives several series, an alarm needs one series'],
    ['1 + 2', 'gives a number'],
    ['missing + 1', 'there is no metric missing'],
    ['ANOMALY_DETECTION_BAND(m1, 2)', 'ANOMALY_DETECTION_BAND is not evaluated locally'],
    [
      `SEARCH('{AWS/SQS,QueueName} MetricName="NumberOfMessagesSent"', 'Sum')`,
      'SEARCH is not evaluated locally',
    ],
    ['RATE(m1)', 'RATE is not evaluated locally'],
    ['FILL(m1, LINEAR)', 'FILL by LINEAR'],
    ['[m1] + [m2]', 'two lists'],
    ['m1 +', 'cannot be read at the end'],
    ['(m1', 'cannot be read at the end'],
    ['m1 m2', 'cannot be read at m2'],
    ['m1 ? 1 : 0', 'cannot be read at ? 1 : 0'],
    ['SELECT AVG(x) FROM "AWS/SQS"', 'cannot be read at AVG'],
    ['SUM([1])', 'a list may hold series only'],
  ])('refuses %s by name', (expression, fault) => {
    expect(() => evaluate(expression)).toThrow(UnsupportedExpression);
    expect(() => evaluate(expression)).toThrow(fault);
  });
});
