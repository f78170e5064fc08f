import * as v from 'valibot';
import { airlineSettings, flightOffer } from '../../../contracts/travel.ts';
import { simulatedAirlines } from '../../../contracts/travel-search.ts';
import { DependencyDownError } from '../../../worker/failures.ts';
import { AirlineAnswerError, HttpAirline } from '../../../worker/flights/http-airline.ts';
import { SimulatedAirline } from '../../../worker/flights/simulated-airline.ts';
import { type HttpStandIn, httpStandIn, type StandInAnswer } from '../support/http-stand-in.ts';
import { flightQuery } from '../support/searches.ts';

const anybody = new AbortController().signal;
const simulation = { usual_ms: 0, slow_share: 0, fail_share: 0 };

describe('a simulated airline', () => {
  const aurora = new SimulatedAirline({ name: 'aurora', simulation });

  it('offers the same for the same query, whatever the budget is, at every try', async () => {
    const first = await aurora.offers(flightQuery(), 1, anybody);
    expect(first.length).toBeGreaterThanOrEqual(2);
    expect(await aurora.offers(flightQuery({ max_total_minor: 1 }), 2, anybody)).toEqual(first);
  });

  it('offers what keeps to the contract, there and back for all passengers', async () => {
    const alone = await aurora.offers(flightQuery(), 1, anybody);
    const back = await aurora.offers(flightQuery({ return_on: '2027-03-21', currency: 'JPY' }), 1, anybody);
    for (const offer of [...alone, ...back]) expect(v.parse(flightOffer, offer)).toEqual(offer);
    expect(alone.every(({ inbound }) => inbound === undefined)).toBe(true);
    expect(back.every(({ inbound }) => inbound?.departs_at.startsWith('2027-03-21'))).toBe(true);
  });

  it('offers something else than another one, and on another route', async () => {
    const boreal = new SimulatedAirline({ name: 'boreal', simulation });
    const prices = async (from: SimulatedAirline, destination: string) =>
      (await from.offers(flightQuery({ destination }), 1, anybody)).map(({ total_minor }) => total_minor);
    expect(await prices(boreal, 'JFK')).not.toEqual(await prices(aurora, 'JFK'));
    expect(await prices(aurora, 'LHR')).not.toEqual(await prices(aurora, 'JFK'));
  });

  it('fails, and is slow, as often as it is told to', async () => {
    const broken = new SimulatedAirline({ name: 'broken', simulation: { ...simulation, fail_share: 1 } });
    await expect(broken.offers(flightQuery(), 1, anybody)).rejects.toThrow(DependencyDownError);
  });

  it('stops when nobody wants to know any more', async () => {
    const slow = new SimulatedAirline({ name: 'slow', simulation: { ...simulation, usual_ms: 60_000 } });
    const caller = new AbortController();
    const asked = slow.offers(flightQuery(), 1, caller.signal);
    caller.abort(new Error('no more'));
    await expect(asked).rejects.toThrow('no more');
  });
});

describe('an airline over HTTP', () => {
  let listener: HttpStandIn;
  let answer: StandInAnswer;
  beforeEach(async () => {
    listener = await httpStandIn(() => answer);
  });
  afterEach(() => listener.close());

  const offered = (special: object = {}) => ({
    offer_id: 'x-1',
    outbound: {
      flight: 'XY12',
      departs_at: '2027-03-14T08:00:00Z',
      arrives_at: '2027-03-14T12:00:00Z',
      stops: 0,
    },
    total: '123.45',
    currency: 'EUR',
    ...special,
  });
  const ask = (signal = anybody) =>
    new HttpAirline({ name: 'xy', url: `${listener.url}/api` }).offers(flightQuery(), 1, signal);
  const json = (content: unknown, status = 200): StandInAnswer => ({ status, body: JSON.stringify(content) });

  it('is asked below its URL, and not told of the budget', async () => {
    answer = json({ offers: [offered()] });
    expect(await ask()).toMatchObject([
      { airline: 'xy', offer_id: 'x-1', total_minor: 12_345, currency: 'EUR' },
    ]);

    const { max_total_minor: _, ...asked } = flightQuery();
    expect(listener.requests).toMatchObject([{ method: 'POST', path: '/api/flights/offers' }]);
    expect(JSON.parse(listener.requests[0]?.body ?? '')).toEqual(asked);
  });

  it.each([
    ['malformed', offered({ outbound: undefined })],
    ['in another currency', offered({ currency: 'USD' })],
    ['at a price with too many decimals', offered({ total: '1.005' })],
  ])('loses the one offer that is %s', async (_, wrong) => {
    answer = json({ offers: [wrong, offered({ offer_id: 'sound' })] });
    expect((await ask()).map(({ offer_id }) => offer_id)).toEqual(['sound']);
  });

  it.each([429, 500, 503])('may have more luck after status %d', async status => {
    answer = json({}, status);
    await expect(ask()).rejects.toThrow(DependencyDownError);
  });

  it.each([
    ['another answer', { status: 200, body: '<html>' }],
    ['a wrong address', { status: 404, body: '{}' }],
    ['no list', { status: 200, body: '{"offers":{}}' }],
  ])('is not worth a second try after %s', async (_, given) => {
    answer = given;
    await expect(ask()).rejects.toThrow(AirlineAnswerError);
  });

  it('is down when nothing listens, or more comes than is read', async () => {
    answer = { body: `{"offers":["${'x'.repeat(1_100_000)}"]}` };
    await expect(ask()).rejects.toThrow(DependencyDownError);
    const { url } = listener;
    await listener.close();
    await expect(new HttpAirline({ name: 'xy', url }).offers(flightQuery(), 1, anybody)).rejects.toThrow(
      DependencyDownError,
    );
    listener = await httpStandIn(() => answer);
  });
});

describe('the setting of airlines', () => {
  const parsed = (text: string) => v.safeParse(airlineSettings, text);

  it('takes those that are simulated by default', () => {
    const { output } = parsed(JSON.stringify(simulatedAirlines));
    expect(output).toHaveLength(simulatedAirlines.length);
    expect(output).toMatchObject([
      { usual_ms: 800, simulation: { slow_share: 0.05, fail_share: 0 } },
      {},
      {},
      {},
    ]);
  });

  it.each([
    '',
    '[]',
    '[{"name":"Not Kebab"}]',
    '[{"name":"a"},{"name":"a"}]',
    '[{"name":"a","url":"nowhere"}]',
    '[{"name":"a","simulation":{"slow_share":2}}]',
  ])('refuses %j', text => {
    expect(parsed(text).success).toBe(false);
  });
});
