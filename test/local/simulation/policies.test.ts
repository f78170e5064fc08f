import fc from 'fast-check';
import { burst, hour, minute, play, promise, readings } from './playing.ts';
import { fleetOf, queueStack, steady } from './queue-stack.ts';

describe('noise', () => {
  /** Between 3 and 20 messages a minute, a fifth more or less every half hour. */
  const noisy = fc.tuple(
    fc.double({ min: 3, max: 16, noNaN: true }),
    fc.array(fc.double({ min: 0.8, max: 1.2, noNaN: true }), { minLength: 24, maxLength: 24 }),
    fc.nat(),
  );
  const loadOf = (usual: number, changes: readonly number[]) =>
    changes
      .map((change, index) => `${index * 30}m-${index * 30 + 30}m:${(usual * change).toFixed(2)}/min`)
      .join(',');

  it.each([
    ['as assumed', 2],
    ['scaling in from 70% of the target', 2],
    ['scaling in one by one', 2],
    ['metrics that take two minutes', 6],
  ])(
    'makes a fleet that looks at its busy workers too flap, %s, %d times in twelve hours at most',
    (reading, most) => {
      const fleet = fleetOf(queueStack({ tracked: steady, warmUp: 2 * minute }));
      const assumptions = readings[reading];
      if (assumptions === undefined) throw new Error(`there is no reading ${reading}`);
      fc.assert(
        fc.property(noisy, ([usual, changes, seed]) => {
          const { summary } = play(fleet, loadOf(usual, changes), { seed, hours: 12, assumptions });
          expect(summary.flaps).toBeLessThanOrEqual(most);
        }),
        { seed: 20, numRuns: 10, endOnFailure: true },
      );
    },
  );

  it('makes a fleet that looks at its backlog alone hunt', () => {
    const { summary } = play(fleetOf(queueStack()), '10/min', { hours: 12 });

    expect(summary.flaps).toBeGreaterThan(6);
    expect(summary.findings).toContainEqual(expect.stringMatching(/^Flapping: \d+ times/));
  });
});

describe('a bad policy shows', () => {
  const good = play(fleetOf(queueStack({ tracked: steady })), burst);

  it('beside a good one, which has nothing to be said against it', () => {
    expect(good.summary.findings).toEqual([]);
    expect(good.burstsDoneAt[0]).toBeLessThan(promise);
  });

  it('when nothing starts the first worker', () => {
    const { summary } = play(fleetOf(queueStack({ tracked: steady, wakes: undefined })), burst);

    expect(summary).toMatchObject({ done: 0, peakWorkers: 0, bursts: [{ drainedIn: undefined }] });
    expect(summary.findings).toContain(
      'No worker was ever started, and messages wait: nothing scales out from none.',
    );
  });

  it('when its target is far too small: it overshoots, flaps and idles', () => {
    const { summary } = play(fleetOf(queueStack({ target: 0.2 })), '3/min', { hours: 12 });
    const { summary: usual } = play(fleetOf(queueStack({ tracked: steady })), '3/min', { hours: 12 });

    expect(summary.peakWorkers).toBeGreaterThan(3 * usual.peakWorkers);
    expect(summary.busyShare).toBeLessThan((usual.busyShare ?? 0) / 2);
    expect(summary.flaps).toBeGreaterThan(6);
  });

  it('when its warm-up is absurd: what the first step started has to do', () => {
    const { burstsDoneAt } = play(
      fleetOf(queueStack({ tracked: steady, warmUp: hour, steps: [{ from: 0, workers: 12 }] })),
      burst,
    );

    expect(burstsDoneAt[0] ?? 0).toBeGreaterThan(hour);
    expect(burstsDoneAt[0] ?? 0).toBeGreaterThan(2 * (good.burstsDoneAt[0] ?? 0));
  });

  it('when it wakes the fleet for as long as something waits', () => {
    const policies = { steps: [{ from: 0, workers: 2 }], target: 100 };
    const awake = play(fleetOf(queueStack(policies)), '100@t0');
    const { summary } = play(fleetOf(queueStack({ ...policies, wakes: 'waiting' })), '100@t0');

    expect(summary.peakWorkers).toBeGreaterThan(3 * awake.summary.peakWorkers);
  });

  it('when instances have too little time to boot', () => {
    const { summary } = play(fleetOf(queueStack({ launchTimeout: 60 })), '30@t0');

    expect(summary.done).toBe(0);
    // The last ones have some seconds left.
    expect(summary.abandoned).toBeGreaterThanOrEqual(summary.launched - 10);
    expect(summary.findings).toContainEqual(
      expect.stringMatching(/given up because they took longer to boot/),
    );
  });

  it('when there may be too few workers', () => {
    const { summary } = play(fleetOf(queueStack({ most: 5 })), burst);

    expect(summary.findings).toEqual(['The backlog grows with all 5 workers that there may be: allow more.']);
  });

  it('when nobody waits for the jobs in hand: they are cut off, and begun again, or given up', () => {
    const long = { assumptions: { timePerMessage: 8 * minute, timeSpread: 0.3 } };
    const { summary } = play(fleetOf(queueStack({ drains: false })), '60@t0', long);
    const drained = play(fleetOf(queueStack()), '60@t0', long);

    expect(summary.cutOff).toBeGreaterThan(0);
    expect(summary.receivedAgain + summary.deadLettered).toBe(summary.cutOff);
    expect(summary.findings).toContainEqual(expect.stringMatching(/jobs were cut off/));
    expect(drained).toMatchObject({ cutOff: 0, receivedAgain: 0, done: 60 });
  });

  it('when jobs take longer than they may: they end in the DLQ', () => {
    const { summary } = play(fleetOf(queueStack()), '5@t0', {
      hours: 24,
      assumptions: { timePerMessage: hour, timeSpread: 0 },
    });

    expect(summary).toMatchObject({ done: 0, deadLettered: 5, receivedAgain: 20 });
  });
});
