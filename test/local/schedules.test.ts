import { Schedules } from '../../local/schedules.ts';

it('acts over and over, until it is stopped, and waits for what is in hand', async () => {
  const schedules = new Schedules();
  let [begun, ended] = [0, 0];
  const { promise: thirdBegun, resolve } = Promise.withResolvers<void>();
  schedules.add({
    everyMs: 1,
    async act() {
      begun += 1;
      if (begun === 3) resolve();
      await new Promise(done => setTimeout(done, 5));
      ended += 1;
    },
  });
  await thirdBegun;
  await schedules.stop();

  expect(ended).toBe(begun);
  const atTheEnd = begun;
  await new Promise(done => setTimeout(done, 10));
  expect(begun).toBe(atTheEnd);
});

it('goes on after a failure', async () => {
  const schedules = new Schedules();
  let begun = 0;
  const { promise: thirdBegun, resolve } = Promise.withResolvers<void>();
  schedules.add({
    everyMs: 1,
    async act() {
      begun += 1;
      if (begun === 3) resolve();
      throw new Error('as told');
    },
  });
  await thirdBegun;
  await schedules.stop();
  expect(begun).toBeGreaterThanOrEqual(3);
});
