import {
  type AirlineReport,
  answerValidSeconds,
  type FlightOffer,
  maxOffers,
  type SearchAnswer,
  type SearchFlights,
} from '../../contracts/travel.ts';
import type { AirlineOutcome } from './airline-desk.ts';

/** Puts together what a search came to: the cheapest offers within the budget, and how each airline did. */
export function answerOf(
  { search_id, query }: Pick<SearchFlights, 'search_id' | 'query'>,
  outcomes: readonly AirlineOutcome[],
  now: Date,
): SearchAnswer {
  const affordable = (offers: readonly FlightOffer[]) =>
    offers.filter(
      ({ total_minor, currency }) => currency === query.currency && total_minor <= query.max_total_minor,
    );
  const airlines = outcomes.map(
    ({ airline, status, offers, tries, tookMs }): AirlineReport => ({
      airline,
      status,
      offers: affordable(offers).length,
      tries,
      took_ms: tookMs,
    }),
  );
  return {
    search_id,
    status: statusOf(airlines),
    offers: outcomes
      .flatMap(({ offers }) => affordable(offers))
      .sort(byPriceThenTime)
      .slice(0, maxOffers),
    airlines,
    answered_at: now.toISOString(),
    valid_until: new Date(now.getTime() + answerValidSeconds * 1_000).toISOString(),
  };
}

function statusOf(airlines: readonly AirlineReport[]): SearchAnswer['status'] {
  const answered = airlines.filter(({ status }) => status === 'answered').length;
  if (answered === airlines.length) return 'complete';
  return answered === 0 ? 'unanswered' : 'partial';
}

function byPriceThenTime(one: FlightOffer, other: FlightOffer): number {
  return (
    one.total_minor - other.total_minor ||
    timeOf(one) - timeOf(other) ||
    (one.offer_id < other.offer_id ? -1 : 1)
  );
}

/** Milliseconds on the way. */
function timeOf({ outbound, inbound }: FlightOffer): number {
  return [outbound, inbound]
    .filter(leg => leg !== undefined)
    .reduce((sum, leg) => sum + Date.parse(leg.arrives_at) - Date.parse(leg.departs_at), 0);
}
