import { jest } from '@jest/globals';
import type { FlightOffer } from '../../../contracts/travel.ts';
import { DependencyDownError } from '../../../worker/failures.ts';
import type { Airline } from '../../../worker/flights/airline.ts';
import { AirlineDesk, askAll } from '../../../worker/flights/airline-desk.ts';
import { SecondTries } from '../../../worker/flights/second-tries.ts';
import { UsualLatency } from '../../../worker/flights/usual-latency.ts';
import { RecordingLog } from '../support/recording.ts';
import { flightQuery, offer } from '../support/searches.ts';

beforeEach(() => {
  jest.useFakeTimers();
});
afterEach(() => {
  jest.useRealTimers();
});

/** An airline whose tries take so long each; the last stands for all that follow. */
function airline(name: string, ...tries: readonly (number | Error)[]): Airline & { asked: number } {
  return {
    name,
    asked: 0,
    offers(_query, attempt, signal) {
      this.asked += 1;
      const fate = tries[Math.min(attempt, tries.length) - 1] ?? 0;
      if (fate instanceof Error) return Promise.reject(fate);
      return new Promise<FlightOffer[]>((resolve, reject) => {
        const timer = setTimeout(() => resolve([offer({ airline: name })]), fate);
        signal.addEventListener('abort', () => {
          clearTimeout(timer);
          reject(signal.reason);
        });
      });
    },
  };
}

const desk = (asked: Airline, usual_ms = 100) => new AirlineDesk(asked, { usual_ms });
const asking = (withinMs: number, signal = new AbortController().signal) => ({
  withinMs,
  signal,
  log: new RecordingLog(),
});

describe('asking all airlines', () => {
  it('takes as long as the slowest, not as all together', async () => {
    const outcomes = askAll(
      [50, 80, 90].map((ms, index) => desk(airline(`airline-${index}`, ms))),
      flightQuery(),
      asking(1_000),
    );
    await jest.advanceTimersByTimeAsync(90);

    expect((await outcomes).map(({ status, tookMs }) => [status, tookMs])).toEqual([
      ['answered', 50],
      ['answered', 80],
      ['answered', 90],
    ]);
  });

  it('ends when the time is over: what is late or failed costs its own offers only', async () => {
    const outcomes = askAll(
      [
        desk(airline('fast', 50)),
        desk(airline('slow', 60_000)),
        desk(airline('broken', new Error('wrong address'))),
      ],
      flightQuery(),
      asking(500),
    );
    await jest.advanceTimersByTimeAsync(500);

    expect((await outcomes).map(({ airline, status, tries }) => [airline, status, tries])).toEqual([
      ['fast', 'answered', 1],
      ['slow', 'late', 2],
      ['broken', 'failed', 1],
    ]);
    expect((await outcomes).map(({ offers }) => offers.length)).toEqual([1, 0, 0]);
  });

  it('saves an airline that is slow once by a second try', async () => {
    const outcomes = askAll([desk(airline('hiccup', 60_000, 50))], flightQuery(), asking(500));
    await jest.advanceTimersByTimeAsync(150);

    expect(await outcomes).toMatchObject([{ status: 'answered', tries: 2, tookMs: 150 }]);
  });

  it('tries again what may have more luck', async () => {
    const outcomes = askAll(
      [desk(airline('flaky', new DependencyDownError('down'), 10))],
      flightQuery(),
      asking(500),
    );
    await jest.advanceTimersByTimeAsync(10);

    expect(await outcomes).toMatchObject([{ status: 'answered', tries: 2 }]);
  });

  it('ends at once when nobody wants to know any more', async () => {
    const caller = new AbortController();
    const outcomes = askAll([desk(airline('slow', 60_000))], flightQuery(), asking(10_000, caller.signal));
    await jest.advanceTimersByTimeAsync(20);
    caller.abort(new Error('The worker stops.'));

    expect(await outcomes).toMatchObject([{ status: 'late', tookMs: 20 }]);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('does not double the load on an airline that is slow for everybody', async () => {
    const slow = airline('slow', 60_000);
    const slowDesk = desk(slow);
    for (let query = 0; query < 100; query++) {
      const outcome = askAll([slowDesk], flightQuery(), asking(200));
      await jest.advanceTimersByTimeAsync(200);
      await outcome;
    }

    expect(slow.asked).toBeGreaterThanOrEqual(115);
    expect(slow.asked).toBeLessThanOrEqual(120);
  });
});

describe('the usual latency', () => {
  it('is assumed until enough was measured, then what all but one in twenty answers stay below', () => {
    const usual = new UsualLatency(800);
    for (let ms = 1; ms < 20; ms++) usual.answeredIn(ms);
    expect(usual.milliseconds).toBe(800);
    usual.answeredIn(20);
    expect(usual.milliseconds).toBe(19);
  });

  it('follows the last hundred answers', () => {
    const usual = new UsualLatency(800);
    for (let answer = 0; answer < 100; answer++) usual.answeredIn(500);
    for (let answer = 0; answer < 100; answer++) usual.answeredIn(50);
    expect(usual.milliseconds).toBe(50);
  });
});

describe('second tries', () => {
  it('are ten at once, then one for every ten queries', () => {
    const tries = new SecondTries();
    for (let first = 0; first < 10; first++) expect(tries.take()).toBe(true);
    expect(tries.take()).toBe(false);
    for (let query = 0; query < 9; query++) tries.earn();
    expect(tries.take()).toBe(false);
    tries.earn();
    expect(tries.take()).toBe(true);
    expect(tries.take()).toBe(false);
  });
});
