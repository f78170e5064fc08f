import type { FlightOffer, FlightQuery, SearchFlights } from '../../../contracts/travel.ts';

export function flightQuery(special: Partial<FlightQuery> = {}): FlightQuery {
  return {
    origin: 'FRA',
    destination: 'JFK',
    depart_on: '2027-03-14',
    passengers: 1,
    cabin: 'economy',
    max_total_minor: 80_000,
    currency: 'EUR',
    ...special,
  };
}

export function offer(special: Partial<FlightOffer> = {}): FlightOffer {
  return {
    airline: 'aurora',
    offer_id: 'aurora-1',
    outbound: {
      flight: 'AU101',
      departs_at: '2027-03-14T08:00:00.000Z',
      arrives_at: '2027-03-14T16:00:00.000Z',
      stops: 0,
    },
    total_minor: 50_000,
    currency: 'EUR',
    ...special,
  };
}

/** A request that somebody waits for, as long as the test runs. */
export function searchFlights(special: Partial<SearchFlights> = {}): SearchFlights {
  return {
    search_id: 'search-0001',
    query: flightQuery(),
    answer_by: new Date(Date.now() + 2_000).toISOString(),
    reply_to: { queue_url: 'https://queues/replies-1', correlation_id: 'request-1' },
    ...special,
  };
}
