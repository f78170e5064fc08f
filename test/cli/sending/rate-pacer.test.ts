import { RatePacer } from '../../../cli/sending/rate-pacer.ts';
import { ManualClock } from '../manual-clock.ts';

const { signal } = new AbortController();

describe('RatePacer', () => {
  it('waits as long as a batch takes at the rate', async () => {
    const clock = new ManualClock();
    const pacer = new RatePacer(clock, 5);

    for (let batch = 0; batch < 10; batch++) await pacer.pace(10, signal);

    expect(clock.now()).toBe(20_000);
  });

  it('counts the time that sending took', async () => {
    const clock = new ManualClock();
    const pacer = new RatePacer(clock, 5);
    await clock.sleep(400);

    await pacer.pace(5, signal);

    expect(clock.slept).toEqual([400, 600]);
  });

  it('makes up for a pause with one second of messages, no more', async () => {
    const clock = new ManualClock();
    const pacer = new RatePacer(clock, 10);
    await clock.sleep(60_000);

    await pacer.pace(10, signal);
    await pacer.pace(10, signal);

    expect(clock.slept).toEqual([60_000, 1_000]);
  });

  it('never waits without a rate', async () => {
    const clock = new ManualClock();

    await new RatePacer(clock, undefined).pace(10_000, signal);

    expect(clock.slept).toEqual([]);
  });
});
