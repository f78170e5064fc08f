import { createHash } from 'node:crypto';
import { currencyDecimals } from '../../contracts/money.ts';
import type { AirlineSetting, FlightOffer, FlightQuery } from '../../contracts/travel.ts';
import { DependencyDownError } from '../failures.ts';
import type { Airline } from './airline.ts';

/** How much longer a slow try takes than a usual one. */
const slowness = 10;

const cabinFactor = { economy: 1, premium_economy: 1.6, business: 3.5, first: 6 } as const;

const hourMs = 3_600_000;

/**
 * An airline that is not there: its offers follow from the query, and so does which tries are slow or fail.
 * The same query gets the same offers each time; a second try has a luck of its own.
 */
export class SimulatedAirline implements Airline {
  readonly name: string;
  readonly #simulation: AirlineSetting['simulation'];

  constructor({ name, simulation }: Pick<AirlineSetting, 'name' | 'simulation'>) {
    this.name = name;
    this.#simulation = simulation;
  }

  async offers(query: FlightQuery, attempt: number, signal: AbortSignal): Promise<readonly FlightOffer[]> {
    const { usual_ms, slow_share, fail_share } = this.#simulation;
    const luck = fractions(this.name, JSON.stringify(query), String(attempt));
    const slow = luck() < slow_share;
    const fails = luck() < fail_share;
    await wait(usual_ms * (0.75 + luck() / 2) * (slow ? slowness : 1), signal);
    if (fails) throw new DependencyDownError(`${this.name} is simulated to fail now and then.`);
    return this.#offersOf(query);
  }

  #offersOf(query: FlightQuery): FlightOffer[] {
    const { max_total_minor: _, ...asked } = query;
    const fraction = fractions(this.name, JSON.stringify(asked));
    // A route is as long whoever flies it.
    const hours = 1 + Math.floor(fractions(query.origin, query.destination)() * 12);
    const legs = query.return_on === undefined ? 1 : 2;
    const units = 10 ** currencyDecimals[query.currency] * (query.currency === 'JPY' ? 150 : 1);
    return Array.from({ length: 2 + Math.floor(fraction() * 4) }, (_, index) => {
      const stops = Math.floor(fraction() * 3);
      const price = (40 + hours * 35) * (0.7 + fraction()) * (1 - stops * 0.1) * cabinFactor[query.cabin];
      const leg = (day: string, number: number) => {
        const departs =
          Date.parse(`${day}T00:00:00Z`) + Math.floor((5 + fraction() * 17) * 12) * (hourMs / 12);
        return {
          flight: `${this.name.slice(0, 2).toUpperCase()}${number}`,
          departs_at: new Date(departs).toISOString(),
          arrives_at: new Date(departs + (hours + stops * 2) * hourMs).toISOString(),
          stops,
        };
      };
      const number = 100 + index * 10 + Math.floor(fraction() * 10);
      return {
        airline: this.name,
        offer_id: `${this.name}-${query.origin}${query.destination}-${query.depart_on}-${number}`,
        outbound: leg(query.depart_on, number),
        ...(query.return_on !== undefined && { inbound: leg(query.return_on, number + 1) }),
        total_minor: Math.round(price * legs * query.passengers) * units,
        currency: query.currency,
      };
    });
  }
}

/** Numbers from 0 to below 1 that follow from a text. */
function fractions(...text: readonly string[]): () => number {
  let taken = 0;
  return () => {
    const digest = createHash('sha256')
      .update([...text, taken++].join('\n'))
      .digest();
    return digest.readUInt32BE(0) / 2 ** 32;
  };
}

/** @throws the signal's reason when it is aborted. */
function wait(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const stop = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', stop);
      resolve();
    }, milliseconds);
    signal.addEventListener('abort', stop, { once: true });
  });
}
