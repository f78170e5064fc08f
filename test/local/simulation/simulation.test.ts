import fc from 'fast-check';
import { burst, play } from './playing.ts';
import { fleetOf, queueStack } from './queue-stack.ts';

describe('every simulation', () => {
  const fleet = fleetOf(queueStack({ most: 8 }));

  it('is the same for the same seed, and another for another', () => {
    expect(play(fleet, burst, { seed: 4 })).toEqual(play(fleet, burst, { seed: 4 }));
    expect(play(fleet, burst, { seed: 4 })).not.toEqual(play(fleet, burst, { seed: 5 }));
  });

  it('accounts for every message, and never has more workers than it may', () => {
    fc.assert(
      fc.property(
        fc.record({
          bursts: fc.array(fc.tuple(fc.nat(60), fc.nat(120)), { maxLength: 3 }),
          perMinute: fc.nat(12),
          drains: fc.boolean(),
          warmUp: fc.constantFrom(0, 60, 600),
          target: fc.constantFrom(0.5, 3, 20),
          timePerMessage: fc.constantFrom(5, 60, 1_100),
          seed: fc.nat(),
        }),
        ({ bursts, perMinute, drains, warmUp, target, timePerMessage, seed }) => {
          const load = [...bursts.map(([count, at]) => `${count}@${at}m`), `${perMinute}/min`].join(',');
          const { sent, done, waiting, inFlight, deadLettered, samples } = play(
            fleetOf(queueStack({ most: 8, drains, warmUp, target })),
            load,
            { seed, hours: 5, assumptions: { timePerMessage } },
          );

          expect(done + waiting + inFlight + deadLettered).toBe(sent);
          for (const { desired, inService, pending } of samples) {
            expect(desired).toBeLessThanOrEqual(8);
            expect(inService + pending).toBeLessThanOrEqual(8);
          }
        },
      ),
      { seed: 20, numRuns: 25, endOnFailure: true },
    );
  });
});
