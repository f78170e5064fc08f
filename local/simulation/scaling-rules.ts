import type { FleetModel } from './fleet-model.ts';
import type { Signal } from './scaling-signal.ts';
import type { SimulatedFleet } from './simulated-fleet.ts';

/** What becomes of what policies ask for. */
export interface ScalingRules {
  /**
   * How many workers there should be from now on, and by which policy; undefined when nothing changes.
   *
   * @param inwardReady whether every target tracking policy that scales in asks for that.
   */
  decide(signals: readonly Signal[], inwardReady: boolean, now: number): Decision | undefined;
}

export interface Decision {
  readonly signal: Signal;
  readonly desired: number;
}

/** One that scales out comes before those that scale in; of several, the one with the most workers. */
abstract class LargestWins implements ScalingRules {
  protected readonly model: FleetModel;
  protected readonly fleet: SimulatedFleet;

  readonly #mostRemoved: number;

  constructor(model: FleetModel, fleet: SimulatedFleet, mostRemoved: number) {
    this.model = model;
    this.fleet = fleet;
    this.#mostRemoved = mostRemoved;
  }

  decide(signals: readonly Signal[], inwardReady: boolean, now: number): Decision | undefined {
    const { desired } = this.fleet;
    const out = this.#largest(signals, 'out', signal => this.baseForOut(signal));
    if (out !== undefined && out.desired > desired) {
      this.scaledOut(out);
      return out;
    }
    const ready = signals.filter(({ policy }) => policy.kind === 'step' || inwardReady);
    const inward = this.#largest(ready, 'in', signal => this.baseForIn(signal, now));
    if (inward === undefined || inward.desired >= desired) return undefined;
    this.scaledIn(inward, now);
    return { ...inward, desired: Math.max(inward.desired, desired - this.#mostRemoved) };
  }

  #largest(
    signals: readonly Signal[],
    direction: Signal['direction'],
    baseOf: (signal: Signal) => number | undefined,
  ): Decision | undefined {
    let largest: Decision | undefined;
    for (const signal of signals) {
      const base = signal.direction === direction ? baseOf(signal) : undefined;
      if (base === undefined) continue;
      const wanted = this.wanted(signal, base);
      const desired = Math.min(Math.max(wanted, this.model.minWorkers), this.model.maxWorkers);
      if (largest === undefined || desired > largest.desired) largest = { signal, desired };
    }
    return largest;
  }

  protected wanted(signal: Signal, base: number): number {
    return signal.capacityFrom(base);
  }

  /** How many workers count when more are asked for. */
  protected abstract baseForOut(signal: Signal): number;
  /** The same for fewer; undefined when none may go at this moment. */
  protected abstract baseForIn(signal: Signal, now: number): number | undefined;
  protected scaledOut(_decision: Decision): void {}
  protected scaledIn(_decision: Decision, _now: number): void {}
}

/**
 * Amazon EC2 Auto Scaling: scaling out, instances that boot or warm up do not count; scaling in, those that
 * drain do; and nothing goes before all that came are warm.
 *
 * @see https://docs.aws.amazon.com/autoscaling/ec2/userguide/as-scaling-simple-step.html
 */
class InstanceRules extends LargestWins {
  protected override baseForOut({ policy }: Signal): number {
    return this.fleet.warm(policy.warmUp);
  }

  protected override baseForIn({ policy }: Signal): number | undefined {
    const { inService, draining, pending } = this.fleet;
    const isScalingOut = pending > 0 || this.fleet.warm(policy.warmUp) < inService;
    return isScalingOut ? undefined : inService + draining;
  }
}

/**
 * Application Auto Scaling for an ECS service: it goes by the tasks that run; what a policy added counts
 * as on its way until its cooldown is over, which begins when the tasks run.
 *
 * @see https://docs.aws.amazon.com/autoscaling/application/userguide/step-scaling-policy-overview.html
 */
class TaskRules extends LargestWins {
  /** What was added last: by whom, to how many, and until when it counts as on its way. */
  #out:
    | { readonly policy: string; readonly base: number; readonly cooldown: number; endsAt?: number }
    | undefined;
  #noneGoesBefore = Number.NEGATIVE_INFINITY;

  override decide(signals: readonly Signal[], inwardReady: boolean, now: number): Decision | undefined {
    if (this.#out !== undefined && this.fleet.inService >= this.fleet.desired) {
      this.#out.endsAt ??= now + this.#out.cooldown;
      if (now >= this.#out.endsAt) this.#out = undefined;
    }
    return super.decide(signals, inwardReady, now);
  }

  protected override baseForOut({ policy }: Signal): number {
    return this.#out?.policy === policy.name ? this.#out.base : this.fleet.inService;
  }

  /** From none, target tracking starts as little as it can. */
  protected override wanted(signal: Signal, base: number): number {
    const isFirst = signal.direction === 'out' && signal.policy.kind === 'target' && base === 0;
    return isFirst ? Math.max(1, signal.capacityFrom(base)) : signal.capacityFrom(base);
  }

  protected override baseForIn(_signal: Signal, now: number): number | undefined {
    return now < this.#noneGoesBefore ? undefined : this.fleet.inService;
  }

  protected override scaledOut({ signal }: Decision): void {
    const { name, outCooldown } = signal.policy;
    this.#out = { policy: name, base: this.baseForOut(signal), cooldown: outCooldown };
    this.#noneGoesBefore = Number.NEGATIVE_INFINITY;
  }

  protected override scaledIn({ signal }: Decision, now: number): void {
    this.#noneGoesBefore = now + signal.policy.inCooldown;
  }
}

/** @param mostRemoved how many workers may go in one minute. */
export function rulesOf(model: FleetModel, fleet: SimulatedFleet, mostRemoved: number): ScalingRules {
  return model.platform === 'ec2'
    ? new InstanceRules(model, fleet, mostRemoved)
    : new TaskRules(model, fleet, mostRemoved);
}
