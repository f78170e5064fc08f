import type { AlarmRule, AlarmState, ComparisonOperator } from './alarm-spec.ts';

/** The value of one period. */
export interface Datapoint {
  /** Start of the period, in milliseconds since the epoch. */
  readonly timestamp: number;
  /** undefined when the metric reported nothing. */
  readonly value: number | undefined;
}

export interface KnownDatapoint extends Datapoint {
  readonly value: number;
}

/** What an evaluation finds. */
export interface AlarmVerdict {
  /** undefined when the alarm keeps its state. */
  readonly state: AlarmState | undefined;
  /** Data points that were evaluated, the newest first. */
  readonly evaluated: readonly KnownDatapoint[];
  /** Missing data points that were taken for breaching or not breaching. */
  readonly filled: number;
}

/** Periods that are looked at beside those evaluated, so that a gap is not taken for the end of the data. */
const FURTHER_PERIODS = 2;

const COMPARISONS: Readonly<Record<ComparisonOperator, (value: number, threshold: number) => boolean>> = {
  GreaterThanOrEqualToThreshold: (value, threshold) => value >= threshold,
  GreaterThanThreshold: (value, threshold) => value > threshold,
  LessThanThreshold: (value, threshold) => value < threshold,
  LessThanOrEqualToThreshold: (value, threshold) => value <= threshold,
};

/** Periods to look at for one evaluation. */
export const evaluationRange = ({ evaluationPeriods }: AlarmRule): number =>
  evaluationPeriods + FURTHER_PERIODS;

export const isBreaching = ({ comparisonOperator, threshold }: AlarmRule, value: number): boolean =>
  COMPARISONS[comparisonOperator](value, threshold);

/**
 * Decides the state of an alarm from the data points of its evaluation range, as CloudWatch documents it.
 *
 * @param range the oldest first
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
 */
export function judge(rule: AlarmRule, range: readonly Datapoint[]): AlarmVerdict {
  const { evaluationPeriods, datapointsToAlarm, treatMissingData } = rule;
  const known = range.filter((point): point is KnownDatapoint => point.value !== undefined);
  const evaluated = known.slice(-evaluationPeriods).toReversed();
  const breaching = evaluated.filter(({ value }) => isBreaching(rule, value)).length;
  const missing = evaluationPeriods - evaluated.length;
  const state = breaching >= datapointsToAlarm ? 'ALARM' : 'OK';
  if (missing === 0) return { state, evaluated, filled: 0 };
  switch (treatMissingData) {
    case 'breaching':
      return { state: breaching + missing >= datapointsToAlarm ? 'ALARM' : 'OK', evaluated, filled: missing };
    case 'notBreaching':
      return { state, evaluated, filled: missing };
    case 'ignore':
      return {
        state: isDecided(evaluated.length, breaching, state) ? state : undefined,
        evaluated,
        filled: 0,
      };
    case 'missing': {
      if (isDecided(evaluated.length, breaching, state)) return { state, evaluated, filled: 0 };
      // All that is known is breaching: an alarm if that began long enough ago.
      const first = range.findIndex(({ value }) => value !== undefined);
      const isOldEnough = first !== -1 && range.length - first >= datapointsToAlarm;
      return { state: isOldEnough ? 'ALARM' : 'INSUFFICIENT_DATA', evaluated, filled: 0 };
    }
  }
}

/** Whether what is known settles the state: enough is breaching, or something is not. */
function isDecided(known: number, breaching: number, state: AlarmState): boolean {
  return known > 0 && (state === 'ALARM' || breaching < known);
}
