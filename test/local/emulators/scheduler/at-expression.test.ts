import { momentOf } from '../../../../local/emulators/scheduler/at-expression.ts';

it.each([
  ['2026-11-26T14:31:00', 'UTC', '2026-11-26T14:31:00.000Z'],
  ['2026-11-26T14:31:07', 'UTC', '2026-11-26T14:31:07.000Z'],
  ['2026-11-26T14:31:00', 'Europe/Berlin', '2026-11-26T13:31:00.000Z'],
  ['2026-07-26T14:31:00', 'Europe/Berlin', '2026-07-26T12:31:00.000Z'],
  ['2026-11-26T14:31:00', 'America/New_York', '2026-11-26T19:31:00.000Z'],
  ['2026-11-26T00:10:00', 'Asia/Kolkata', '2026-11-25T18:40:00.000Z'],
  // An hour after clocks go forward, and an hour before they go back.
  ['2026-03-29T03:30:00', 'Europe/Berlin', '2026-03-29T01:30:00.000Z'],
  ['2026-10-25T01:30:00', 'Europe/Berlin', '2026-10-24T23:30:00.000Z'],
])('at(%s) in %s is %s', (local, zone, moment) => {
  expect(momentOf(`at(${local})`, zone)).toEqual(new Date(moment));
});

it.each([
  ['rate(5 minutes)', 'UTC'],
  ['cron(0 10 * * ? *)', 'UTC'],
  ['at(2026-11-26T14:31:00Z)', 'UTC'],
  ['at(2026-11-26T14:31)', 'UTC'],
  ['at(2026-13-26T14:31:00)', 'UTC'],
  ['at(2026-02-30T14:31:00)', 'UTC'],
  ['at(2026-11-26T14:31:00)', 'Middle/Earth'],
])('%s in %s is no moment', (expression, zone) => {
  expect(momentOf(expression, zone)).toBeUndefined();
});
