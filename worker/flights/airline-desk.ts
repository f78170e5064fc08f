import type { AirlineReport, AirlineSetting, FlightOffer, FlightQuery } from '../../contracts/travel.ts';
import { DependencyDownError, errorFrom } from '../failures.ts';
import type { Log } from '../observability/log.ts';
import type { Airline } from './airline.ts';
import { HedgedCallError, hedgedCall } from './hedged-call.ts';
import { SecondTries } from './second-tries.ts';
import { UsualLatency } from './usual-latency.ts';

/** What one airline had to offer, and how asking it went. */
export interface AirlineOutcome {
  readonly airline: string;
  readonly status: AirlineReport['status'];
  readonly offers: readonly FlightOffer[];
  readonly tries: number;
  readonly tookMs: number;
}

/** The time for all airlines is over. */
export class TimeIsOverError extends Error {
  override readonly name = 'TimeIsOverError';
}

/** One airline with what is known of it: how long it usually takes, and how many second tries it gets. */
export class AirlineDesk {
  readonly #airline: Airline;
  readonly #usual: UsualLatency;
  readonly #secondTries = new SecondTries();

  constructor(airline: Airline, { usual_ms }: Pick<AirlineSetting, 'usual_ms'>) {
    this.#airline = airline;
    this.#usual = new UsualLatency(usual_ms);
  }

  /** Asks the airline. Never throws: an airline that is late or fails costs its own offers only. */
  async ask(query: FlightQuery, signal: AbortSignal, log: Log): Promise<AirlineOutcome> {
    const airline = this.#airline.name;
    const startedAt = performance.now();
    const tookMs = () => Math.round(performance.now() - startedAt);
    this.#secondTries.earn();
    try {
      const {
        value,
        tries,
        tookMs: wonIn,
      } = await hedgedCall((attempt, tried) => this.#airline.offers(query, attempt, tried), {
        hedgeAfterMs: this.#usual.milliseconds,
        maySecond: () => this.#secondTries.take(),
        isWorthASecond: error => error instanceof DependencyDownError,
        signal,
      });
      this.#usual.answeredIn(wonIn);
      return { airline, status: 'answered', offers: value, tries, tookMs: tookMs() };
    } catch (thrown) {
      const error = errorFrom(thrown);
      const tries = error instanceof HedgedCallError ? error.tries : 1;
      const status = signal.aborted ? 'late' : 'failed';
      log.warn('Airline without an answer', { airline, status, tries, took_ms: tookMs(), error });
      return { airline, status, offers: [], tries, tookMs: tookMs() };
    }
  }
}

/**
 * Asks all airlines side by side.
 *
 * @param withinMs what is not answered by then is late.
 * @param signal aborted when nobody wants to know any more.
 */
export async function askAll(
  desks: readonly AirlineDesk[],
  query: FlightQuery,
  { withinMs, signal, log }: { readonly withinMs: number; readonly signal: AbortSignal; readonly log: Log },
): Promise<readonly AirlineOutcome[]> {
  const over = new AbortController();
  const timer = setTimeout(
    () => over.abort(new TimeIsOverError(`${Math.round(withinMs)} ms are over.`)),
    withinMs,
  );
  try {
    const either = AbortSignal.any([over.signal, signal]);
    return await Promise.all(desks.map(desk => desk.ask(query, either, log)));
  } finally {
    clearTimeout(timer);
  }
}
