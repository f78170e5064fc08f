import { jest } from '@jest/globals';
import { HedgedCallError, hedgedCall } from '../../../worker/flights/hedged-call.ts';

beforeEach(() => {
  jest.useFakeTimers();
});
afterEach(() => {
  jest.useRealTimers();
});

/** A call whose tries take as long, and end, as the test says. */
function scripted(...tries: readonly { ms: number; ends: string | Error }[]) {
  const aborted: number[] = [];
  const startedAt: number[] = [];
  const call = (attempt: number, signal: AbortSignal) => {
    startedAt.push(performance.now());
    signal.addEventListener('abort', () => aborted.push(attempt));
    const { ms, ends } = tries[attempt - 1] ?? { ms: 0, ends: new Error('one try too many') };
    return new Promise<string>((resolve, reject) => {
      setTimeout(() => (ends instanceof Error ? reject(ends) : resolve(ends)), ms);
    });
  };
  return { call, aborted, startedAt };
}

const never = new AbortController().signal;
const options = { hedgeAfterMs: 100, maySecond: () => true, isWorthASecond: () => true, signal: never };

describe('a call', () => {
  it('that answers as fast as usual is made once', async () => {
    const { call, startedAt } = scripted({ ms: 90, ends: 'first' });
    const result = hedgedCall(call, options);
    await jest.advanceTimersByTimeAsync(90);

    expect(await result).toEqual({ value: 'first', tries: 1, tookMs: 90 });
    await jest.advanceTimersByTimeAsync(1_000);
    expect(startedAt).toHaveLength(1);
  });

  it('that is slower than usual gets a second try beside it, whose answer counts if it is faster', async () => {
    const { call, aborted, startedAt } = scripted({ ms: 5_000, ends: 'first' }, { ms: 50, ends: 'second' });
    const started = performance.now();
    const result = hedgedCall(call, options);
    await jest.advanceTimersByTimeAsync(150);

    expect(await result).toEqual({ value: 'second', tries: 2, tookMs: 50 });
    expect(startedAt.map(at => at - started)).toEqual([0, 100]);
    expect(aborted).toContain(1);
  });

  it('keeps its first answer when that is faster after all', async () => {
    const { call } = scripted({ ms: 120, ends: 'first' }, { ms: 50, ends: 'second' });
    const result = hedgedCall(call, options);
    await jest.advanceTimersByTimeAsync(120);

    expect(await result).toMatchObject({ value: 'first', tries: 2 });
  });

  it('that fails is tried again at once', async () => {
    const { call, startedAt } = scripted({ ms: 10, ends: new Error('down') }, { ms: 10, ends: 'second' });
    const started = performance.now();
    const result = hedgedCall(call, options);
    await jest.advanceTimersByTimeAsync(20);

    expect(await result).toMatchObject({ value: 'second', tries: 2 });
    expect(startedAt.map(at => at - started)).toEqual([0, 10]);
  });

  it('is never tried a third time', async () => {
    const { call, startedAt } = scripted(
      { ms: 10, ends: new Error('down') },
      { ms: 10, ends: new Error('still down') },
    );
    const result = expect(hedgedCall(call, options)).rejects.toMatchObject({
      message: 'still down',
      tries: 2,
    });
    await jest.advanceTimersByTimeAsync(1_000);

    await result;
    expect(startedAt).toHaveLength(2);
  });

  it('waits for its first try when the second fails', async () => {
    const { call } = scripted({ ms: 300, ends: 'first' }, { ms: 10, ends: new Error('down') });
    const result = hedgedCall(call, options);
    await jest.advanceTimersByTimeAsync(300);

    expect(await result).toMatchObject({ value: 'first', tries: 2 });
  });

  it('is not tried again after what no second try mends', async () => {
    const { call, startedAt } = scripted({ ms: 10, ends: new Error('wrong address') });
    const result = expect(hedgedCall(call, { ...options, isWorthASecond: () => false })).rejects.toThrow(
      'wrong address',
    );
    await jest.advanceTimersByTimeAsync(1_000);

    await result;
    expect(startedAt).toHaveLength(1);
  });

  it('gets no second try when there is none to have', async () => {
    const { call, startedAt } = scripted({ ms: 500, ends: 'first' });
    const result = hedgedCall(call, { ...options, maySecond: () => false });
    await jest.advanceTimersByTimeAsync(500);

    expect(await result).toMatchObject({ value: 'first', tries: 1 });
    expect(startedAt).toHaveLength(1);
  });

  it('ends when the time is over, with both tries given up and no timer left', async () => {
    const over = new AbortController();
    const { call, aborted } = scripted({ ms: 5_000, ends: 'first' }, { ms: 5_000, ends: 'second' });
    const result = expect(hedgedCall(call, { ...options, signal: over.signal })).rejects.toThrow(
      HedgedCallError,
    );
    await jest.advanceTimersByTimeAsync(200);
    over.abort(new Error('The time is over.'));

    await result;
    expect(aborted).toEqual([1, 2]);
  });

  it('is not made at all when the time is over before', async () => {
    const { call, startedAt } = scripted({ ms: 10, ends: 'first' });
    await expect(hedgedCall(call, { ...options, signal: AbortSignal.abort() })).rejects.toThrow(
      HedgedCallError,
    );

    expect(startedAt).toEqual([]);
    expect(jest.getTimerCount()).toBe(0);
  });
});
