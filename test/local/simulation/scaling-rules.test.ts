import type { FleetModel, StepPolicy, TargetPolicy } from '../../../local/simulation/fleet-model.ts';
import { rulesOf } from '../../../local/simulation/scaling-rules.ts';
import type { Signal } from '../../../local/simulation/scaling-signal.ts';
import type { SimulatedFleet } from '../../../local/simulation/simulated-fleet.ts';
import { fleetOf, queueStack } from './queue-stack.ts';
import { percents, signalAt, tracking } from './scaling-policies.ts';

describe('what becomes of it', () => {
  const out = (policy: StepPolicy | TargetPolicy, capacityFrom: Signal['capacityFrom']): Signal => ({
    policy,
    direction: 'out',
    capacityFrom,
  });
  const inward = (capacityFrom: Signal['capacityFrom']): Signal => ({
    policy: tracking,
    direction: 'in',
    capacityFrom,
  });
  const plus = (more: number) => (current: number) => current + more;
  const is = (exact: number) => () => exact;

  /** Workers as they stand, of whom all are warm unless said otherwise. */
  function standing(counts: {
    desired: number;
    inService: number;
    warm?: number;
    pending?: number;
    draining?: number;
  }) {
    const fleet = { pending: 0, draining: 0, ...counts, warm: () => counts.warm ?? counts.inService };
    return fleet as unknown as SimulatedFleet & { desired: number; inService: number };
  }
  const model = (platform: FleetModel['platform']): FleetModel => ({
    ...fleetOf(queueStack()),
    platform,
    minWorkers: 1,
    maxWorkers: 20,
  });
  const decide = (platform: FleetModel['platform'], fleet: SimulatedFleet, ...signals: Signal[]) =>
    rulesOf(model(platform), fleet, Number.POSITIVE_INFINITY).decide(signals, true, 0)?.desired;

  it('on EC2, leaves out who is not warm when more are asked for: AWS’s example of 10, 11 and 13', () => {
    const percent = signalAt(percents, [60]) as Signal;
    const more = signalAt(percents, [70]) as Signal;

    expect(decide('ec2', standing({ desired: 10, inService: 10 }), percent)).toBe(11);
    expect(decide('ec2', standing({ desired: 11, inService: 10, pending: 1 }), percent)).toBeUndefined();
    expect(decide('ec2', standing({ desired: 11, inService: 11, warm: 10 }), more)).toBe(13);
  });

  it('on EC2, removes nobody while somebody boots or warms up', () => {
    expect(
      decide('ec2', standing({ desired: 11, inService: 10, pending: 1 }), inward(is(5))),
    ).toBeUndefined();
    expect(decide('ec2', standing({ desired: 11, inService: 11, warm: 10 }), inward(is(5)))).toBeUndefined();
    expect(decide('ec2', standing({ desired: 11, inService: 11 }), inward(is(5)))).toBe(5);
  });

  it('on EC2, counts who drains when fewer are asked for', () => {
    const halved = inward(current => current / 2);
    expect(decide('ec2', standing({ desired: 10, inService: 10 }), halved)).toBe(5);
    expect(decide('ec2', standing({ desired: 5, inService: 5, draining: 5 }), halved)).toBeUndefined();
  });

  it.each(['ec2', 'ecs'] as const)('on %s, stays within the bounds, and lets the largest win', platform => {
    const fleet = standing({ desired: 10, inService: 10 });
    expect(decide(platform, fleet, out(tracking, is(99)))).toBe(20);
    expect(decide(platform, fleet, inward(is(0)))).toBe(1);
    expect(decide(platform, fleet, out(tracking, is(12)), out(percents, is(15)), inward(is(2)))).toBe(15);
  });

  it('scales in only when every target tracking policy is for it', () => {
    const rules = rulesOf(model('ec2'), standing({ desired: 10, inService: 10 }), Number.POSITIVE_INFINITY);
    expect(rules.decide([inward(is(5))], false, 0)).toBeUndefined();
    expect(rules.decide([inward(is(5))], true, 0)?.desired).toBe(5);
  });

  it('removes no more in one minute than it may', () => {
    const rules = rulesOf(model('ec2'), standing({ desired: 10, inService: 10 }), 1);
    expect(rules.decide([inward(is(5))], true, 0)?.desired).toBe(9);
  });

  it('on ECS, counts what a policy added as on its way until a cooldown after it runs', () => {
    const fleet = standing({ desired: 10, inService: 10 });
    const rules = rulesOf(model('ecs'), fleet, Number.POSITIVE_INFINITY);
    const at = (now: number, ...signals: Signal[]) => {
      const desired = rules.decide(signals, true, now)?.desired;
      if (desired !== undefined) Object.assign(fleet, { desired });
      return desired;
    };

    expect(at(0, out(percents, plus(2)))).toBe(12);
    // AWS's example: a larger step in the meantime adds the difference alone.
    expect(at(60, out(percents, plus(2)))).toBeUndefined();
    expect(at(120, out(percents, plus(3)))).toBe(13);
    Object.assign(fleet, { inService: 13 });
    expect(at(180, out(percents, plus(3)))).toBeUndefined();
    expect(at(420, out(percents, plus(3)))).toBeUndefined();
    expect(at(480, out(percents, plus(3)))).toBe(16);
  });

  it('on ECS, blocks a second removal until its cooldown is over, but no addition', () => {
    const fleet = standing({ desired: 10, inService: 10 });
    const rules = rulesOf(model('ecs'), fleet, Number.POSITIVE_INFINITY);

    expect(rules.decide([inward(is(8))], true, 0)?.desired).toBe(8);
    Object.assign(fleet, { desired: 8, inService: 8 });
    expect(rules.decide([inward(is(6))], true, 299)).toBeUndefined();
    expect(rules.decide([inward(is(6))], true, 300)?.desired).toBe(6);
    Object.assign(fleet, { desired: 6, inService: 6 });
    expect(rules.decide([out(tracking, is(9))], true, 310)?.desired).toBe(9);
    Object.assign(fleet, { desired: 9, inService: 9 });
    expect(rules.decide([inward(is(7))], true, 320)?.desired).toBe(7);
  });

  it('on ECS, starts a first task by target tracking where there is none', () => {
    const share = (current: number) => current * 3;
    const none = standing({ desired: 0, inService: 0 });
    const least = { ...model('ecs'), minWorkers: 0 };
    expect(rulesOf(least, none, 1).decide([out(tracking, share)], true, 0)?.desired).toBe(1);
    expect(
      rulesOf({ ...least, platform: 'ec2' }, none, 1).decide([out(tracking, share)], true, 0),
    ).toBeUndefined();
  });
});
