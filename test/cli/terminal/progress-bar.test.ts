import { progressBar } from '../../../cli/terminal/progress-bar.ts';

describe('progressBar', () => {
  it.each([
    [{ done: 0, total: 100, elapsedMs: 0 }, `[${'-'.repeat(24)}] 0 of 100 (0 %), 0/s`],
    [
      { done: 50, total: 100, elapsedMs: 1_000 },
      `[${'#'.repeat(12)}${'-'.repeat(12)}] 50 of 100 (50 %), 50/s, 1 s left`,
    ],
    [{ done: 100, total: 100, elapsedMs: 2_000 }, `[${'#'.repeat(24)}] 100 of 100 (100 %), 50/s`],
    [{ done: 120, total: 100, elapsedMs: 2_000 }, `[${'#'.repeat(24)}] 120 of 100 (100 %), 60/s`],
    [{ done: 70, total: undefined, elapsedMs: 1_000 }, '70, 70/s'],
  ])('shows %j', (progress, expected) => {
    expect(progressBar(progress)).toBe(expected);
  });
});
