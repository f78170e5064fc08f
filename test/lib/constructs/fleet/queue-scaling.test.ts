import { Duration } from 'aws-cdk-lib';
import fc from 'fast-check';
import { backlogPerWorker, wakeUpSteps } from '../../../../lib/constructs/fleet/queue-scaling.ts';

describe('the backlog that a worker may have', () => {
  it('is what it gets through within the acceptable latency', () => {
    const times = { timePerMessage: Duration.minutes(2), acceptableLatency: Duration.minutes(20) };
    expect(backlogPerWorker(times)).toBe(10);
    expect(backlogPerWorker({ ...times, concurrency: 4 })).toBe(40);
    expect(backlogPerWorker({ ...times, timePerMessage: Duration.millis(100) })).toBe(12_000);
  });
});

describe('the steps from none', () => {
  it('begin with one worker for one message, and grow as what waits does', () => {
    expect(wakeUpSteps(10, 20)).toEqual([
      { fromMessages: 1, workers: 1 },
      { fromMessages: 11, workers: 2 },
      { fromMessages: 21, workers: 5 },
      { fromMessages: 51, workers: 10 },
      { fromMessages: 101, workers: 20 },
    ]);
  });

  it('are one where there may be one worker', () => {
    expect(wakeUpSteps(10, 1)).toEqual([{ fromMessages: 1, workers: 1 }]);
  });

  const policies = fc.record({
    backlog: fc.double({ min: 1, max: 10_000, noNaN: true }),
    most: fc.integer({ min: 1, max: 5_000 }),
  });

  it('never start more workers than there may be, nor fewer than the backlog asks for', () => {
    fc.assert(
      fc.property(policies, fc.integer({ min: 1, max: 10_000_000 }), ({ backlog, most }, waiting) => {
        const step = wakeUpSteps(backlog, most).findLast(({ fromMessages }) => waiting >= fromMessages);
        const needed = Math.min(most, Math.ceil(waiting / backlog));
        expect(step?.workers).toBeLessThanOrEqual(most);
        // A whole message more or less than a fraction of a backlog is the same step.
        expect(step?.workers).toBeGreaterThanOrEqual(Math.min(needed, Math.ceil((waiting - 1) / backlog)));
      }),
    );
  });

  it('are as many as AWS takes, each from more messages and with more workers than the one before', () => {
    fc.assert(
      fc.property(policies, ({ backlog, most }) => {
        const steps = wakeUpSteps(backlog, most);
        expect(steps.length).toBeLessThanOrEqual(20);
        expect(steps.at(-1)?.workers).toBe(most);
        for (const [index, step] of steps.entries()) {
          const before = steps[index - 1] ?? { fromMessages: 0, workers: 0 };
          expect(step.fromMessages).toBeGreaterThan(before.fromMessages);
          expect(step.workers).toBeGreaterThan(before.workers);
        }
      }),
    );
  });
});
