import * as v from 'valibot';
import { answerValidSeconds, maxOffers, searchAnswer } from '../../../contracts/travel.ts';
import type { AirlineOutcome } from '../../../worker/flights/airline-desk.ts';
import { answerOf } from '../../../worker/flights/best-offers.ts';
import { offer, searchFlights } from '../support/searches.ts';

const now = new Date('2027-01-01T10:00:00.000Z');

function outcome(special: Partial<AirlineOutcome> = {}): AirlineOutcome {
  return { airline: 'aurora', status: 'answered', offers: [offer()], tries: 1, tookMs: 100, ...special };
}

const offersOf = (...totals: readonly number[]) =>
  totals.map(total_minor => offer({ total_minor, offer_id: `offer-${total_minor}` }));

describe('the offers of an answer', () => {
  it('are within the budget, to the minor unit', () => {
    const { offers, airlines } = answerOf(
      searchFlights(),
      [outcome({ offers: offersOf(79_999, 80_000, 80_001) })],
      now,
    );
    expect(offers.map(({ total_minor }) => total_minor)).toEqual([79_999, 80_000]);
    expect(airlines[0]?.offers).toBe(2);
  });

  it('are in the currency of the budget', () => {
    const { offers } = answerOf(searchFlights(), [outcome({ offers: [offer({ currency: 'USD' })] })], now);
    expect(offers).toEqual([]);
  });

  it('are the cheapest of all airlines, first the cheapest, then the fastest', () => {
    const slow = offer({
      offer_id: 'slow',
      total_minor: 40_000,
      outbound: { ...offer().outbound, arrives_at: '2027-03-14T23:00:00.000Z' },
    });
    const { offers } = answerOf(
      searchFlights(),
      [
        outcome({ offers: [slow, offer({ offer_id: 'dear', total_minor: 70_000 })] }),
        outcome({ airline: 'boreal', offers: [offer({ offer_id: 'fast', total_minor: 40_000 })] }),
      ],
      now,
    );
    expect(offers.map(({ offer_id }) => offer_id)).toEqual(['fast', 'slow', 'dear']);
  });

  it('are no more than an answer holds', () => {
    const many = offersOf(...Array.from({ length: maxOffers + 5 }, (_, index) => 50_000 + index));
    const { offers } = answerOf(searchFlights(), [outcome({ offers: many.toReversed() })], now);
    expect(offers.map(({ total_minor }) => total_minor)).toEqual(
      many.slice(0, maxOffers).map(({ total_minor }) => total_minor),
    );
  });
});

describe('an answer', () => {
  it.each([
    [['answered', 'answered'], 'complete'],
    [['answered', 'late'], 'partial'],
    [['failed', 'answered'], 'partial'],
    [['late', 'failed'], 'unanswered'],
  ] as const)('of airlines that are %j is %s', (statuses, expected) => {
    const { status } = answerOf(
      searchFlights(),
      statuses.map((each, index) => outcome({ airline: `airline-${index}`, status: each })),
      now,
    );
    expect(status).toBe(expected);
  });

  it('is complete although nothing is cheap enough', () => {
    const found = answerOf(searchFlights(), [outcome({ offers: offersOf(90_000) })], now);
    expect(found).toMatchObject({ status: 'complete', offers: [] });
  });

  it('holds for a while, and keeps to its contract', () => {
    const found = answerOf(searchFlights(), [outcome()], now);
    expect(v.parse(searchAnswer, found)).toEqual(found);
    expect(Date.parse(found.valid_until) - now.getTime()).toBe(answerValidSeconds * 1_000);
  });
});
