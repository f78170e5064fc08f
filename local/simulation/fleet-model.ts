import type { AlarmSpec, MetricDataQuery } from '../alarms/alarm-spec.ts';

/** All that decides how many workers there are, as a template says it. Times are in seconds. */
export interface FleetModel {
  /** Name of the Auto Scaling group or the ECS service. */
  readonly name: string;
  readonly platform: 'ec2' | 'ecs';
  readonly minWorkers: number;
  readonly maxWorkers: number;
  /** How many there are at the beginning, in service. */
  readonly initialWorkers: number;
  readonly queue: QueueModel;
  readonly policies: readonly ScalingPolicy[];
  /** What keeps a new instance out of service until it says that it is ready. */
  readonly launchHook: LaunchHook | undefined;
  readonly drain: DrainModel;
  readonly worker: WorkerModel;
}

export interface QueueModel {
  readonly name: string;
  readonly visibilityTimeout: number;
  /** undefined without a DLQ. */
  readonly maxReceiveCount: number | undefined;
}

export interface LaunchHook {
  readonly timeout: number;
  /** What becomes of an instance that did not say so in time. */
  readonly defaultResult: 'CONTINUE' | 'ABANDON';
}

/** What becomes of the jobs in hand of a worker that has to go. */
export interface DrainModel {
  /** How long they may go on; 0 when the worker is not told. */
  readonly grace: number;
  /** Whether those that are not finished then are given back to the queue, or come back by themselves. */
  readonly releases: boolean;
  /** Whether a worker with jobs in hand is spared. */
  readonly sparesBusy: boolean;
}

export interface WorkerModel {
  /** Jobs at a time. */
  readonly concurrency: number;
  /** A longer job is stopped. */
  readonly jobTimeout: number;
}

export interface StepAdjustment {
  /** Bounds are counted from the alarm's threshold. */
  readonly lower: number;
  readonly upper: number;
  readonly adjustment: number;
}

export interface StepPolicy {
  readonly kind: 'step';
  readonly name: string;
  readonly alarm: AlarmSpec;
  readonly adjustmentType: 'ChangeInCapacity' | 'ExactCapacity' | 'PercentChangeInCapacity';
  readonly steps: readonly StepAdjustment[];
  readonly minAdjustment: number;
  /** EC2: how long an instance in service is left out of what there is. */
  readonly warmUp: number;
  /** ECS: how long what was added counts as on its way. */
  readonly outCooldown: number;
  /** ECS: how long after a removal there is no other. */
  readonly inCooldown: number;
}

export interface TargetPolicy {
  readonly kind: 'target';
  readonly name: string;
  readonly target: number;
  readonly metrics: readonly MetricDataQuery[];
  readonly scalesIn: boolean;
  readonly warmUp: number;
  readonly outCooldown: number;
  readonly inCooldown: number;
}

export type ScalingPolicy = StepPolicy | TargetPolicy;

/** A fleet that the template declares and the simulation does not know how to play. */
export class UnknownScaling extends Error {
  override readonly name = 'UnknownScaling';
}
