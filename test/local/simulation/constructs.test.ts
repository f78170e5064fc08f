import { rmSync } from 'node:fs';
import fc from 'fast-check';
import { readAssembly } from '../../../local/assembly/cloud-assembly.ts';
import { readFleets } from '../../../local/simulation/template-fleets.ts';
import { synthesizeFleets } from './fleets.ts';
import { burst, hour, minute, play, promise, readings } from './playing.ts';

describe('the fleets of the constructs', () => {
  const directory = synthesizeFleets();
  const stacks = readAssembly(directory);
  afterAll(() => rmSync(directory, { recursive: true }));
  const fleetIn = (stack: string) => {
    const [fleet] = readFleets(stacks, stack);
    if (fleet === undefined) throw new Error(`${stack} has no fleet`);
    return fleet;
  };

  describe.each(['instances', 'tasks'])('%s', stack => {
    const fleet = fleetIn(stack);

    it.each(Object.entries(readings))('drain the burst within the promise, %s', (_, assumptions) => {
      for (const seed of [1, 2, 3]) {
        const { burstsDoneAt } = play(fleet, burst, { seed, assumptions, hours: 1.5 });

        expect(burstsDoneAt[0]).toBeLessThan(promise);
        // Not faster than as many workers as there may be can.
        expect(burstsDoneAt[0]).toBeGreaterThan((1_000 / 50) * minute);
      }
    });

    it('go without losing a job: none is cut off, received twice or left', () => {
      fc.assert(
        fc.property(
          fc.integer({ min: 1, max: 400 }),
          fc.integer({ min: 30, max: 360 }),
          fc.nat(),
          (count, timePerMessage, seed) => {
            const { sent, done, cutOff, receivedAgain, deadLettered, summary, samples } = play(
              fleet,
              `${count}@t0,0-60m:2/min`,
              { seed, hours: 12, assumptions: { timePerMessage, timeSpread: 0.3 } },
            );

            expect({ done, cutOff, receivedAgain, deadLettered }).toEqual({
              done: sent,
              cutOff: 0,
              receivedAgain: 0,
              deadLettered: 0,
            });
            expect(summary.scaledIn).toBeGreaterThan(0);
            expect(samples.at(-1)).toMatchObject({ desired: 0, inService: 0, draining: 0 });
          },
        ),
        { seed: 20, numRuns: 8, endOnFailure: true },
      );
    });

    it.each(Object.entries(readings))(
      'keep the workers that steady work keeps busy, %s',
      (_, assumptions) => {
        const { summary } = play(fleet, '10/min', { hours: 12, assumptions });

        expect(summary.flaps).toBeLessThanOrEqual(2);
      },
    );

    it('start when a queue is used again that has not reported for hours', () => {
      const { burstsDoneAt } = play(fleet, '20@8h', { hours: 10 });

      expect(burstsDoneAt[0]).toBeGreaterThan(8 * hour + 15 * minute);
      expect(burstsDoneAt[0]).toBeLessThan(8 * hour + 40 * minute);
    });
  });

  it('have instances that finish their jobs while they drain', () => {
    const { samples, done, sent } = play(fleetIn('instances'), '200@t0,0-60m:8/min', {
      hours: 12,
      assumptions: { timePerMessage: 5 * minute, timeSpread: 1 },
    });

    expect(samples.some(({ draining }) => draining > 0)).toBe(true);
    expect(done).toBe(sent);
  });

  it('play a day in well under a second', () => {
    const fleet = fleetIn('instances');
    // Of the processor, which is not always this test's alone.
    const before = process.cpuUsage();
    play(fleet, burst, { hours: 24 });
    expect(process.cpuUsage(before).user / 1_000_000).toBeLessThan(1);
  });
});
