import type { SampleSource } from '../alarms/alarm-query.ts';
import type { AlarmSpec } from '../alarms/alarm-spec.ts';
import type { ScalingPolicy, StepPolicy, TargetPolicy } from './fleet-model.ts';
import { SimulatedAlarm } from './simulated-alarm.ts';

/** Alarms that a target tracking policy makes for itself. */
export interface TargetAlarms {
  /** Minutes in a row above the target after which it scales out. */
  readonly highMinutes: number;
  /** Minutes in a row below {@link lowShare} of the target after which it scales in. */
  readonly lowMinutes: number;
  readonly lowShare: number;
}

/** What a policy asks for at one moment. */
export interface Signal {
  readonly policy: ScalingPolicy;
  readonly direction: 'out' | 'in';
  /** How many workers there should be where there are so many now. */
  capacityFrom(current: number): number;
}

/** Turns a policy's alarms into what it asks for. */
export interface SignalSource {
  readonly policy: ScalingPolicy;
  /**
   * An alarm acts every minute for as long as it is on.
   *
   * @param end until when, in seconds, there is data.
   */
  evaluate(end: number): Signal | undefined;
}

export function signalsOf(policy: ScalingPolicy, source: SampleSource, alarms: TargetAlarms): SignalSource {
  return policy.kind === 'step' ? stepSignals(policy, source) : targetSignals(policy, source, alarms);
}

function stepSignals(policy: StepPolicy, source: SampleSource): SignalSource {
  const alarm = new SimulatedAlarm(policy.alarm, source);
  return {
    policy,
    evaluate(end) {
      alarm.evaluate(end);
      const value = alarm.newest;
      if (!alarm.isOn || value === undefined) return undefined;
      const adjustment = adjustmentFor(policy, value - alarm.threshold);
      if (adjustment === undefined) return undefined;
      const isExact = policy.adjustmentType === 'ExactCapacity';
      return {
        policy,
        direction: adjustment < 0 ? 'in' : 'out',
        capacityFrom: current => (isExact ? adjustment : current + changeBy(policy, adjustment, current)),
      };
    },
  };
}

/** Above the threshold, a step begins with its lower bound; below, it ends with its upper bound. */
function adjustmentFor({ steps }: StepPolicy, breach: number): number | undefined {
  const above = steps.find(({ lower, upper }) => lower <= breach && breach < upper);
  const below = steps.find(({ lower, upper }) => lower < breach && breach <= upper);
  if (breach === 0) return (above ?? below)?.adjustment;
  return (breach > 0 ? above : below)?.adjustment;
}

function changeBy(policy: StepPolicy, adjustment: number, current: number): number {
  if (policy.adjustmentType !== 'PercentChangeInCapacity') return adjustment;
  const exact = (current * adjustment) / 100;
  if (exact === 0) return 0;
  const rounded = Math.abs(exact) < 1 ? Math.sign(exact) : Math.trunc(exact);
  return Math.sign(exact) * Math.max(Math.abs(rounded), policy.minAdjustment);
}

function targetSignals(policy: TargetPolicy, source: SampleSource, alarms: TargetAlarms): SignalSource {
  const { target } = policy;
  const high = new SimulatedAlarm(
    targetAlarm(policy, 'GreaterThanThreshold', target, alarms.highMinutes),
    source,
  );
  const low = new SimulatedAlarm(
    targetAlarm(policy, 'LessThanThreshold', target * alarms.lowShare, alarms.lowMinutes),
    source,
  );
  return {
    policy,
    evaluate(end) {
      high.evaluate(end);
      low.evaluate(end);
      const value = high.newest;
      if (value === undefined) return undefined;
      const capacityFrom = (current: number) => Math.ceil((current * value) / target);
      if (high.isOn) return { policy, direction: 'out', capacityFrom };
      return low.isOn && policy.scalesIn ? { policy, direction: 'in', capacityFrom } : undefined;
    },
  };
}

function targetAlarm(
  policy: TargetPolicy,
  comparisonOperator: string,
  threshold: number,
  minutes: number,
): AlarmSpec {
  return {
    alarmName: policy.name,
    metrics: policy.metrics,
    comparisonOperator,
    threshold,
    evaluationPeriods: minutes,
    treatMissingData: 'missing',
  };
}
