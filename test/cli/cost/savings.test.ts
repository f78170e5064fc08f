import fc from 'fast-check';
import { estimate } from '../../../cli/cost/estimate.ts';
import { savings } from '../../../cli/cost/savings.ts';
import type { TrafficProfile } from '../../../cli/cost/traffic/profile.ts';
import { fanOut, prices } from './templates-of-a-system.ts';

const profile: TrafficProfile = {
  unit: 'order',
  means: 'orders',
  publications: [{ topic: 'Topic', perUnit: 1, bytes: 1_000 }],
  functions: { Consumer: { milliseconds: 500 } },
};
const perDay = fc.integer({ min: 1, max: 10_000_000 });

function total(
  template: Parameters<typeof estimate>[0]['template'],
  unitsPerDay: number,
  overrides = {},
): number {
  return estimate({ template, profile, unitsPerDay, prices, overrides }).total;
}

it('costs no more with larger batches', () => {
  const size = fc.integer({ min: 1, max: 9 });
  fc.assert(
    fc.property(perDay, size, (unitsPerDay, batchSize) => {
      const [smaller, larger] = [fanOut({ batchSize }), fanOut({ batchSize: batchSize + 1 })];
      expect(total(larger, unitsPerDay)).toBeLessThanOrEqual(total(smaller, unitsPerDay) + 1e-9);
    }),
  );
});

it('costs no more with longer reuse of data keys', () => {
  const reuse = fc.integer({ min: 60, max: 86_399 });
  fc.assert(
    fc.property(perDay, reuse, (unitsPerDay, reuseSeconds) => {
      const [shorter, longer] = [fanOut({ reuseSeconds }), fanOut({ reuseSeconds: reuseSeconds + 1 })];
      expect(total(longer, unitsPerDay)).toBeLessThanOrEqual(total(shorter, unitsPerDay) + 1e-9);
    }),
  );
});

it('costs no more the longer a receive waits', () => {
  fc.assert(
    fc.property(perDay, fc.integer({ min: 0, max: 19 }), (unitsPerDay, waitSeconds) => {
      const [shorter, longer] = [waitSeconds, waitSeconds + 1].map(seconds =>
        total(fanOut(), unitsPerDay, { waitSeconds: seconds }),
      );
      expect(longer).toBeLessThanOrEqual((shorter ?? 0) + 1e-9);
    }),
  );
});

it('costs no less with more orders', () => {
  fc.assert(
    fc.property(perDay, perDay, (one, other) => {
      expect(total(fanOut(), one + other)).toBeGreaterThanOrEqual(total(fanOut(), one));
    }),
  );
});

it('says what 730,000 messages a month would cost otherwise', () => {
  const [batches, polling, dataKeys] = savings({ template: fanOut(), profile, unitsPerDay: 24_000, prices });
  // Now: 657,000 empty receives, 730,000 sends, 146,000 receives, deletions and invocations each: 1,825,000.
  // With batches of one, 730,000 of those three: 3,577,000.
  expect(batches?.ratio).toBeCloseTo(3_577_000 / 1_825_000);
  // 1,168,000 requests to SQS at 40 cents a million, 584,000 invocations at 20, with 5 ms and 500 bytes of log each.
  const gigabytes = (584_000 * 500) / 1_073_741_824;
  const logs = gigabytes * (0.5 + 0.03 * 0.15 * (365 / (730 / 24)));
  expect(batches?.dollars).toBeCloseTo(
    1.168 * 0.4 + 0.584 * 0.2 + 584_000 * 0.005 * 0.25 * 0.0000133334 + logs,
  );
  // Five pollers that ask once a second instead of every 20: 13,140,000 instead of 657,000, and 1,022,000 as before.
  expect(polling?.ratio).toBeCloseTo((13_140_000 + 1_022_000) / (657_000 + 1_022_000));
  expect(polling?.dollars).toBeCloseTo(12.483 * 0.4);
  // A key a minute: 43,800 times made and opened, and 43,800 times opened, instead of 8,760.
  expect(dataKeys?.ratio).toBeCloseTo(5);
  expect(dataKeys?.dollars).toBeCloseTo(((131_400 - 26_280) / 10_000) * 0.03);
});
