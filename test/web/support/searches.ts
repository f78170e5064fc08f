import type { FlightOffer, PostedSearch, SearchAnswer } from '../../../contracts/travel.ts';

export function search(special: Partial<PostedSearch> = {}): PostedSearch {
  return {
    search_id: 'search-0001',
    within_ms: 2_000,
    query: {
      origin: 'FRA',
      destination: 'JFK',
      depart_on: '2027-03-14',
      passengers: 1,
      cabin: 'economy',
      max_total_minor: 80_000,
      currency: 'EUR',
    },
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

export function answer(special: Partial<SearchAnswer> = {}): SearchAnswer {
  return {
    search_id: 'search-0001',
    status: 'complete',
    offers: [offer()],
    airlines: [{ airline: 'aurora', status: 'answered', offers: 1, tries: 1, took_ms: 120 }],
    answered_at: '2027-01-01T10:00:00.000Z',
    valid_until: '2027-01-01T10:15:00.000Z',
    ...special,
  };
}
