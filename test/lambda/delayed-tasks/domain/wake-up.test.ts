import fc from 'fast-check';
import { wakeUpFor } from '../../../../lambda/delayed-tasks/domain/wake-up.ts';

const now = new Date('2026-11-26T14:00:00.000Z');
const limits = { longestTimerSeconds: 900, scheduleStepSeconds: 60, queueDelaySeconds: 0 };
const after = (ms: number) => new Date(now.getTime() + ms);

it.each([
  ['now', 0, 0],
  ['a second ago', -1_000, 0],
  ['a year ago', -31_536_000_000, 0],
  ['in a millisecond', 1, 1],
  ['in a second', 1_000, 1],
  ['in 14 min 59 s', 899_000, 899],
  ['in 14 min 59.001 s', 899_001, 900],
  ['in 15 min', 900_000, 900],
])('a task due %s has a timer', (_, ms, delaySeconds) => {
  expect(wakeUpFor(after(ms), now, limits)).toEqual({ by: 'timer', delaySeconds });
});

it.each([
  ['in 15 min and a millisecond', 900_001, '2026-11-26T14:16:00.000Z'],
  ['in 15 min 1 s', 901_000, '2026-11-26T14:16:00.000Z'],
  ['in 16 min', 960_000, '2026-11-26T14:16:00.000Z'],
  ['in 16 min and a millisecond', 960_001, '2026-11-26T14:17:00.000Z'],
  ['in a year', 31_536_000_000, '2027-11-26T14:00:00.000Z'],
])('a task due %s has a schedule, for the next whole minute', (_, ms, at) => {
  expect(wakeUpFor(after(ms), now, limits)).toEqual({ by: 'schedule', at: new Date(at) });
});

it('a schedule leaves to the queue what it delays everything by', () => {
  expect(wakeUpFor(after(3_600_000), now, { ...limits, queueDelaySeconds: 300 })).toEqual({
    by: 'schedule',
    at: new Date('2026-11-26T14:55:00.000Z'),
  });
});

it('a queue that delays as long as it can still leaves a schedule time to be made', () => {
  expect(wakeUpFor(after(900_001), now, { ...limits, queueDelaySeconds: 900 })).toEqual({
    by: 'schedule',
    at: new Date('2026-11-26T14:01:00.000Z'),
  });
});

const anyLimits = fc.record({
  longestTimerSeconds: fc.integer({ min: 0, max: 900 }),
  scheduleStepSeconds: fc.integer({ min: 1, max: 60 }),
  queueDelaySeconds: fc.integer({ min: 0, max: 900 }),
});
const aroundTheLimit = fc.integer({ min: 890_000, max: 910_000 });
const anyWait = fc.oneof(aroundTheLimit, fc.integer({ min: -1_000_000, max: 400 * 86_400_000 }));
const anyNow = fc
  .integer({ min: Date.parse('2026-01-01'), max: Date.parse('2030-01-01') })
  .map(ms => new Date(ms));

it('no task is woken up early, nor by more than a second late with a timer, two steps with a schedule', () => {
  fc.assert(
    fc.property(anyNow, anyWait, anyLimits, (time, waitMs, given) => {
      const dueAt = new Date(time.getTime() + waitMs);
      const wakeUp = wakeUpFor(dueAt, time, given);
      const wokenAt =
        wakeUp.by === 'timer'
          ? time.getTime() + wakeUp.delaySeconds * 1_000
          : wakeUp.at.getTime() + given.queueDelaySeconds * 1_000;
      const wanted = Math.max(dueAt.getTime(), time.getTime());
      expect(wokenAt).toBeGreaterThanOrEqual(wanted);
      const isHeldUp = wakeUp.by === 'schedule' && given.queueDelaySeconds > given.longestTimerSeconds;
      if (!isHeldUp) {
        const most = wakeUp.by === 'timer' ? 1_000 : 2 * given.scheduleStepSeconds * 1_000;
        expect(wokenAt - wanted).toBeLessThan(most);
      }
    }),
  );
});

it('what SQS and Scheduler are asked for, they take', () => {
  fc.assert(
    fc.property(anyNow, anyWait, anyLimits, (time, waitMs, given) => {
      const wakeUp = wakeUpFor(new Date(time.getTime() + waitMs), time, given);
      if (wakeUp.by === 'timer') {
        expect(Number.isInteger(wakeUp.delaySeconds)).toBe(true);
        expect(wakeUp.delaySeconds).toBeGreaterThanOrEqual(0);
        expect(wakeUp.delaySeconds).toBeLessThanOrEqual(900);
      } else {
        expect(wakeUp.at.getTime() % (given.scheduleStepSeconds * 1_000)).toBe(0);
        expect(wakeUp.at.getTime() - time.getTime()).toBeGreaterThanOrEqual(
          given.scheduleStepSeconds * 1_000,
        );
      }
    }),
  );
});
