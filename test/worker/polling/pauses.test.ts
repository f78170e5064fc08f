import { pause, pollPause, retryPause } from '../../../worker/polling/pauses.ts';

describe('retryPause', () => {
  const retry = { first: 10, last: 900 };

  it('doubles with every delivery, up to the last', () => {
    const pauses = [1, 2, 3, 4, 8, 1_000].map(count => retryPause(count, retry, () => 0));
    expect(pauses).toEqual([10, 20, 40, 80, 900, 900]);
  });

  it('spreads over a fifth, in whole seconds', () => {
    expect(retryPause(2, retry, () => 0.999)).toBe(16);
    expect(retryPause(1, { first: 1, last: 1 }, () => 0.5)).toBe(1);
  });

  it('is none where none is asked for', () => {
    expect(retryPause(5, { first: 0, last: 0 })).toBe(0);
  });
});

describe('pollPause', () => {
  it('doubles with every failure in a row, at most 30 s, half of it by chance', () => {
    const pauses = [1, 2, 3, 6, 50].map(failures => pollPause(failures, () => 1));
    expect(pauses).toEqual([1_000, 2_000, 4_000, 30_000, 30_000]);
    expect(pollPause(1, () => 0)).toBe(500);
  });
});

describe('pause', () => {
  it('ends early when the signal is aborted', async () => {
    const stop = new AbortController();
    const began = performance.now();
    const paused = pause(10_000, stop.signal);
    stop.abort();
    await paused;
    await pause(10_000, stop.signal);
    expect(performance.now() - began).toBeLessThan(1_000);
  });
});
