import type { SampleSource } from '../../../local/alarms/alarm-query.ts';
import type { StepPolicy, TargetPolicy } from '../../../local/simulation/fleet-model.ts';
import { signalsOf } from '../../../local/simulation/scaling-signal.ts';

const minuteMs = 60_000;
const cpu = { namespace: 'AWS/SQS', name: 'Load', periodSeconds: 60, statistic: 'Average' };
const targetAlarms = { highMinutes: 3, lowMinutes: 15, lowShare: 0.9 };

/** The last of these values are those of the last minutes. */
function sourceOf(values: readonly (number | undefined)[]): SampleSource {
  return {
    values: (_, start) => {
      const value = values[start / minuteMs];
      return value === undefined ? [] : [value];
    },
  };
}

/** AWS's example: nothing from 50, 10% more from 60, 30% more from 70. */
export const percents: StepPolicy = {
  kind: 'step',
  name: 'percents',
  alarm: {
    alarmName: 'high',
    metric: cpu,
    comparisonOperator: 'GreaterThanOrEqualToThreshold',
    threshold: 50,
    evaluationPeriods: 1,
  },
  adjustmentType: 'PercentChangeInCapacity',
  steps: [
    { lower: 0, upper: 10, adjustment: 0 },
    { lower: 10, upper: 20, adjustment: 10 },
    { lower: 20, upper: Number.POSITIVE_INFINITY, adjustment: 30 },
  ],
  minAdjustment: 0,
  warmUp: 60,
  outCooldown: 300,
  inCooldown: 300,
};

export const tracking: TargetPolicy = {
  kind: 'target',
  name: 'tracking',
  target: 10,
  metrics: [{ id: 'load', metric: cpu }],
  scalesIn: true,
  warmUp: 60,
  outCooldown: 300,
  inCooldown: 300,
};

export function signalAt(policy: StepPolicy | TargetPolicy, values: readonly (number | undefined)[]) {
  return signalsOf(policy, sourceOf(values), targetAlarms).evaluate(values.length * 60);
}
