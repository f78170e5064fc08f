import type { FleetModel } from './fleet-model.ts';
import { arrivalsOf, type Load } from './load.ts';
import { Random } from './random.ts';
import { rulesOf } from './scaling-rules.ts';
import { signalsOf, type TargetAlarms } from './scaling-signal.ts';
import { SimulatedFleet, type WorkAssumptions } from './simulated-fleet.ts';
import { SimulatedMetrics } from './simulated-metrics.ts';
import { SimulatedQueue } from './simulated-queue.ts';
import { Timeline } from './timeline.ts';

/** What neither template nor load says; times in seconds. */
export interface Assumptions extends WorkAssumptions, TargetAlarms {
  /** From the end of a minute until its values can be evaluated. */
  readonly metricDelay: number;
  /** Workers that may go in one minute. */
  readonly mostRemoved: number;
}

/**
 * Half of what neither template nor load says is AWS's, the other half is the jobs': measure that.
 *
 * @param platform tasks start sooner than instances, which install Node.js first.
 */
export function defaultAssumptions(platform: FleetModel['platform']): Assumptions {
  return {
    boot: platform === 'ec2' ? 120 : 60,
    bootSpread: 0.15,
    timePerMessage: 60,
    timeSpread: 0.5,
    metricDelay: 60,
    highMinutes: 3,
    lowMinutes: 15,
    lowShare: 0.9,
    mostRemoved: Number.POSITIVE_INFINITY,
  };
}

export interface SimulationOptions {
  readonly fleet: FleetModel;
  readonly load: Load;
  readonly until: number;
  readonly seed: number;
  readonly assumptions: Assumptions;
}

/** One moment; there is one a minute. */
export interface Sample {
  readonly at: number;
  readonly visible: number;
  readonly inFlight: number;
  /** 0 when nothing waits or is worked on. */
  readonly oldestAge: number;
  readonly desired: number;
  readonly pending: number;
  readonly inService: number;
  readonly draining: number;
}

/** Most that there was at any moment. */
export function mostOf(samples: readonly Sample[], value: (sample: Sample) => number, least = 0): number {
  return samples.reduce((most, sample) => Math.max(most, value(sample)), least);
}

export interface ScalingAct {
  readonly at: number;
  readonly from: number;
  readonly to: number;
  readonly policy: string;
}

export interface SimulationResult {
  readonly samples: readonly Sample[];
  readonly acts: readonly ScalingAct[];
  /** When the last message of each burst was done; undefined where that was not. */
  readonly burstsDoneAt: readonly (number | undefined)[];
  /** Seconds from each message's arrival until it was done, in the order of being done. */
  readonly latencies: readonly number[];
  readonly sent: number;
  readonly done: number;
  readonly waiting: number;
  readonly inFlight: number;
  readonly deadLettered: number;
  readonly receivedAgain: number;
  readonly cutOff: number;
  readonly launched: number;
  readonly abandoned: number;
  readonly workerSeconds: number;
  readonly workSeconds: number;
}

const minute = 60;

/**
 * Plays a load on a fleet: messages one by one, metrics, alarms and scaling once a minute.
 *
 * @throws LoadError for more messages than a simulation should take.
 * @throws UnevaluableAlarm for an alarm that is not evaluated here.
 */
export function simulate({
  fleet: model,
  load,
  until,
  seed,
  assumptions,
}: SimulationOptions): SimulationResult {
  const timeline = new Timeline();
  const random = new Random(seed);
  // Arrivals have a seed of their own: another fleet gets the same load.
  const arrivals = arrivalsOf(load, until, new Random(seed + 1));
  const burstsLeft = load.bursts.map(({ count }) => count);
  const burstsDoneAt = load.bursts.map((): number | undefined => undefined);
  const latencies: number[] = [];
  const queue = new SimulatedQueue(model.queue, timeline, ({ sentAt, burst }) => {
    latencies.push(timeline.now - sentAt);
    if (burst === undefined) return;
    const left = (burstsLeft[burst] ?? 0) - 1;
    burstsLeft[burst] = left;
    if (left === 0) burstsDoneAt[burst] = timeline.now;
  });
  const fleet = new SimulatedFleet(model, assumptions, { timeline, random, queue });
  const metrics = new SimulatedMetrics(queue, fleet);
  const sources = model.policies.map(policy => signalsOf(policy, metrics, assumptions));
  const scaleInPolicies = model.policies.filter(policy => policy.kind === 'target' && policy.scalesIn).length;
  const rules = rulesOf(model, fleet, assumptions.mostRemoved);
  const samples: Sample[] = [];
  const acts: ScalingAct[] = [];

  function send(index: number): void {
    const arrival = arrivals[index];
    if (arrival === undefined) return;
    timeline.at(arrival.at, () => {
      queue.send(arrival);
      fleet.takeJobs();
      send(index + 1);
    });
  }

  function eachMinute(): void {
    fleet.poll();
    metrics.sample();
    scale();
    fleet.reconcile();
    samples.push({
      at: timeline.now,
      visible: queue.visible,
      inFlight: queue.inFlight,
      oldestAge: queue.oldestAge ?? 0,
      desired: fleet.desired,
      pending: fleet.pending,
      inService: fleet.inService,
      draining: fleet.draining,
    });
    timeline.after(minute, eachMinute);
  }

  function scale(): void {
    const end = Math.floor((timeline.now - assumptions.metricDelay) / minute) * minute;
    const signals = sources.map(source => source.evaluate(end)).filter(signal => signal !== undefined);
    const inward = signals.filter(({ policy, direction }) => policy.kind === 'target' && direction === 'in');
    const decision = rules.decide(signals, inward.length === scaleInPolicies, timeline.now);
    if (decision === undefined) return;
    const { desired: to, signal } = decision;
    acts.push({ at: timeline.now, from: fleet.desired, to, policy: signal.policy.name });
    fleet.scaleTo(to);
  }

  send(0);
  timeline.at(minute, eachMinute);
  timeline.runUntil(until);
  const { sent, done, visible: waiting, inFlight, deadLettered, receivedAgain } = queue;
  const { cutOff, launched, abandoned, workerSeconds, workSeconds } = fleet;
  return {
    samples,
    acts,
    burstsDoneAt,
    latencies,
    sent,
    done,
    waiting,
    inFlight,
    deadLettered,
    receivedAgain,
    cutOff,
    launched,
    abandoned,
    workerSeconds,
    workSeconds,
  };
}
