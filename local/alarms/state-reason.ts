import type { AlarmRule, AlarmSpec, AlarmState } from './alarm-spec.ts';
import { type AlarmVerdict, isBreaching, type KnownDatapoint } from './alarm-verdict.ts';

const WORDS = {
  GreaterThanOrEqualToThreshold: 'greater than or equal to',
  GreaterThanThreshold: 'greater than',
  LessThanThreshold: 'less than',
  LessThanOrEqualToThreshold: 'less than or equal to',
} as const;

const wasOrWere = (count: number) => (count === 1 ? 'was' : 'were');
const datapoints = (count: number) => `datapoint${count === 1 ? '' : 's'}`;

/** Says why an alarm is in a state, in the words that CloudWatch uses. */
export function stateReason(
  spec: AlarmSpec,
  rule: AlarmRule,
  verdict: AlarmVerdict,
  state: AlarmState,
): string {
  const { evaluationPeriods, datapointsToAlarm } = rule;
  if (state === 'INSUFFICIENT_DATA') {
    return `Insufficient Data: ${evaluationPeriods} ${datapoints(evaluationPeriods)} ${wasOrWere(evaluationPeriods)} unknown.`;
  }
  const { evaluated, filled } = verdict;
  const treatment = rule.treatMissingData === 'breaching' ? 'Breaching' : 'NonBreaching';
  const fill =
    filled === 0
      ? ''
      : ` and ${filled} missing ${datapoints(filled)} ${wasOrWere(filled)} treated as [${treatment}]`;
  const isAlarm = state === 'ALARM';
  const telling = evaluated.filter(({ value }) => isBreaching(rule, value) === isAlarm);
  if (telling.length === 0) {
    return `Threshold Crossed: no datapoints were received for ${filled} period${filled === 1 ? '' : 's'}${fill}.`;
  }
  const comparison =
    `[${telling.map(formatDatapoint).join(', ')}] ${wasOrWere(telling.length)} ${isAlarm ? '' : 'not '}` +
    `${WORDS[rule.comparisonOperator]} the threshold (${formatNumber(rule.threshold)})${fill}`;
  // CloudWatch speaks of M out of N only for alarms that declare M.
  if (spec.datapointsToAlarm === undefined) {
    return `Threshold Crossed: ${telling.length} ${datapoints(telling.length)} ${comparison}.`;
  }
  const least = isAlarm ? datapointsToAlarm : evaluationPeriods - datapointsToAlarm + 1;
  return (
    `Threshold Crossed: ${telling.length} out of the last ${evaluationPeriods} datapoints ${comparison} ` +
    `(minimum ${least} ${datapoints(least)} for ${isAlarm ? 'OK -> ALARM' : 'ALARM -> OK'} transition).`
  );
}

function formatDatapoint({ value, timestamp }: KnownDatapoint): string {
  const [date = '', time = ''] = new Date(timestamp).toISOString().split('T');
  const [year = '', month, day] = date.split('-');
  return `${formatNumber(value)} (${day}/${month}/${year.slice(2)} ${time.slice(0, 8)})`;
}

const formatNumber = (value: number) => (Number.isInteger(value) ? value.toFixed(1) : String(value));
