import * as v from 'valibot';
import {
  answerKey,
  flightQuery,
  postedSearch,
  searchAnswer,
  searchFlightsJob,
} from '../../contracts/travel.ts';

const posted = {
  search_id: 'search-0001',
  origin: 'FRA',
  destination: 'JFK',
  depart_on: '2027-03-14',
  budget: { amount: '800', currency: 'EUR' },
};

const parsed = (special: object = {}) => v.parse(postedSearch, { ...posted, ...special });

describe('a posted search', () => {
  it.each([
    [{ amount: '800.50', currency: 'EUR' }, 80_050],
    [{ amount: 800.5, currency: 'USD' }, 80_050],
    [{ amount: '80000', currency: 'JPY' }, 80_000],
  ])('has its budget %j in minor units, never rounded', (budget, minor) => {
    expect(parsed({ budget }).query).toMatchObject({ max_total_minor: minor, currency: budget.currency });
  });

  it('becomes a query that keeps to its contract, there and back on one day included', () => {
    const { query } = parsed({ return_on: '2027-03-14', cabin: 'business', passengers: 3 });
    expect(v.parse(flightQuery, query)).toEqual(query);
  });
});

describe('the key of an answer', () => {
  const key = (special: object = {}) => answerKey(parsed(special));

  it('is the same for the same question, in whatever order it is written', () => {
    const { query, search_id } = parsed({ return_on: '2027-03-21' });
    const reversed = Object.fromEntries(Object.entries(query).reverse()) as typeof query;
    expect(answerKey({ search_id, query: reversed })).toBe(answerKey({ search_id, query }));
    expect(key({ return_on: undefined })).toBe(key());
  });

  it('does not depend on how long somebody waits', () => {
    expect(key({ within_ms: 1_000 })).toBe(key({ within_ms: 9_000 }));
  });

  it.each([
    { search_id: 'search-0002' },
    { origin: 'LHR' },
    { depart_on: '2027-03-15' },
    { return_on: '2027-03-21' },
    { passengers: 2 },
    { cabin: 'first' },
    { budget: { amount: '801', currency: 'EUR' } },
    { budget: { amount: '800', currency: 'USD' } },
  ])('differs with %j', special => {
    expect(key(special)).not.toBe(key());
  });
});

describe('messages', () => {
  const request = {
    search_id: 'search-0001',
    query: parsed().query,
    answer_by: '2027-01-01T10:00:00.000Z',
    reply_to: { queue_url: 'https://queues/replies-1', correlation_id: 'request-1' },
  };

  it('pass from server to worker as they are', () => {
    expect(v.parse(searchFlightsJob.message, JSON.parse(JSON.stringify(request)))).toEqual(request);
  });

  it.each([
    ['without an address', { ...request, reply_to: undefined }],
    ['without an id to reply under', { ...request, reply_to: { queue_url: 'https://queues/q' } }],
    ['with a time that is none', { ...request, answer_by: 'soon' }],
  ])('are refused %s', (_, wrong) => {
    expect(v.safeParse(searchFlightsJob.message, wrong).success).toBe(false);
  });

  it('have amounts in whole minor units', () => {
    const answer = {
      search_id: 'search-0001',
      status: 'complete',
      airlines: [],
      answered_at: '2027-01-01T10:00:00.000Z',
      valid_until: '2027-01-01T10:15:00.000Z',
    };
    const offer = {
      airline: 'aurora',
      offer_id: 'a-1',
      outbound: {
        flight: 'AU101',
        departs_at: '2027-03-14T08:00:00.000Z',
        arrives_at: '2027-03-14T16:00:00.000Z',
        stops: 0,
      },
      currency: 'EUR',
    };
    const withTotal = (total_minor: number) =>
      v.safeParse(searchAnswer, { ...answer, offers: [{ ...offer, total_minor }] });
    expect(withTotal(50_000).success).toBe(true);
    expect(withTotal(500.5).success).toBe(false);
  });
});
