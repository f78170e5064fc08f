import type { PostedSearch } from '../../../contracts/travel.ts';
import { maxSearchBodyBytes, searchesPath } from '../../../contracts/travel-search.ts';
import { DependencyDownError } from '../../../web/shared/failures.ts';
import { HttpServer } from '../../../web/shared/http-server.ts';
import {
  type FoundAnswer,
  SearchTimedOutError,
  TooManySearchesError,
} from '../../../web/travel-search/search-desk.ts';
import { searchRequests } from '../../../web/travel-search/search-requests.ts';
import { RecordingLog } from '../support/recording.ts';
import { answer } from '../support/searches.ts';
import { until } from '../support/until.ts';

type Answer = (search: PostedSearch, signal: AbortSignal) => Promise<FoundAnswer>;

const servers: HttpServer[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.stop(0);
});

async function listening(answerSearch: Answer, unfit?: string) {
  const log = new RecordingLog();
  const server = new HttpServer({
    posts: { [searchesPath]: searchRequests({ answer: answerSearch }) },
    maxBodyBytes: maxSearchBodyBytes,
    unfit: () => unfit,
    log,
  });
  const url = await server.listen('127.0.0.1', 0);
  servers.push(server);
  const post = (body: unknown, init: RequestInit = {}) =>
    fetch(url + searchesPath, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: typeof body === 'string' ? body : JSON.stringify(body),
      ...init,
    });
  return { server, url, post, log };
}

const posted = {
  search_id: 'search-0001',
  origin: 'FRA',
  destination: 'JFK',
  depart_on: '2027-03-14',
  budget: { amount: '800.00', currency: 'EUR' },
};

const fails =
  (error: Error): Answer =>
  () =>
    Promise.reject(error);

describe('a search over HTTP', () => {
  it('comes with its budget in minor units, and its defaults', async () => {
    let asked: PostedSearch | undefined;
    const { post } = await listening(async search => {
      asked = search;
      return { answer: answer(), repeated: false };
    });
    const response = await post(posted);

    expect(response.status).toBe(200);
    expect(response.headers.get('x-search-repeated')).toBe('false');
    expect(await response.json()).toEqual(answer());
    expect(asked).toEqual({
      search_id: 'search-0001',
      within_ms: 8_000,
      query: {
        origin: 'FRA',
        destination: 'JFK',
        depart_on: '2027-03-14',
        passengers: 1,
        cabin: 'economy',
        max_total_minor: 80_000,
        currency: 'EUR',
      },
    });
  });

  it('with offers of some airlines is answered with those', async () => {
    const { post } = await listening(async () => ({ answer: answer({ status: 'partial' }), repeated: true }));
    const response = await post(posted);

    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({ status: 'partial' });
  });

  it('that no airline answered is answered with 504', async () => {
    const unanswered = answer({ status: 'unanswered', offers: [] });
    const { post } = await listening(async () => ({ answer: unanswered, repeated: false }));
    const response = await post(posted);

    expect(response.status).toBe(504);
    expect(await response.json()).toMatchObject({ error: 'no_airline_answered', search_id: 'search-0001' });
  });

  it.each([
    [new SearchTimedOutError('late'), 504, 'search_timed_out'],
    [new TooManySearchesError('full'), 503, 'too_many_searches'],
    [new DependencyDownError('SQS'), 503, 'unavailable'],
  ])('that fails for %s is answered with %d, and worth asking again', async (error, status, code) => {
    const { post } = await listening(fails(error));
    const response = await post(posted);

    expect(response.status).toBe(status);
    expect(response.headers.get('retry-after')).toBe('1');
    expect(await response.json()).toMatchObject({ error: code, search_id: 'search-0001' });
  });

  it('that fails for a reason that nobody foresaw says nothing of it, and the log does', async () => {
    const { post, log } = await listening(fails(new Error('a secret of ours')));
    const response = await post(posted);

    expect(response.status).toBe(500);
    expect(await response.text()).not.toContain('secret');
    expect(String(log.lines[0]?.fields.error)).toContain('a secret of ours');
  });

  it('whose client hangs up is told so', async () => {
    let told: AbortSignal | undefined;
    const { post } = await listening((_, signal) => {
      told = signal;
      return new Promise(() => undefined);
    });
    const client = new AbortController();
    const response = post(posted, { signal: client.signal });
    await until('it has arrived', () => told);
    client.abort();

    await expect(response).rejects.toThrow();
    await until('it is told', () => told?.aborted);
  });
});

describe('what is no search', () => {
  const never: Answer = fails(new Error('never asked'));

  it.each([
    [{ search_id: 'short' }, 'search_id'],
    [{ origin: 'fra' }, 'origin'],
    [{ destination: 'FRA' }, 'destination'],
    [{ depart_on: '14.3.2027' }, 'depart_on'],
    [{ return_on: '2027-03-13' }, 'return_on'],
    [{ passengers: 10 }, 'passengers'],
    [{ cabin: 'hold' }, 'cabin'],
    [{ budget: { amount: '8.005', currency: 'EUR' } }, 'budget'],
    [{ budget: { amount: -1, currency: 'EUR' } }, 'budget.amount'],
    [{ within_ms: 999 }, 'within_ms'],
    [{ within_ms: 20_001 }, 'within_ms'],
  ])('is answered with 400 and the field at fault: %j', async (wrong, field) => {
    const { post } = await listening(never);
    const response = await post({ ...posted, ...wrong });

    expect(response.status).toBe(400);
    const { faults } = (await response.json()) as { faults: { field: string }[] };
    expect(faults.map(fault => fault.field)).toEqual([field]);
  });

  it.each([
    ['not JSON', {}, 400],
    ['', {}, 400],
    ['{}', { headers: { 'content-type': 'text/plain' } }, 415],
    ['x'.repeat(maxSearchBodyBytes + 1), {}, 413],
    [undefined, { method: 'GET', body: null }, 405],
  ])('is refused: %#', async (body, init, status) => {
    const { post } = await listening(never);
    expect((await post(body ?? '', init)).status).toBe(status);
  });

  it('has no other address', async () => {
    const { url } = await listening(never);
    for (const path of ['/', '/constructor', '/searches/1']) {
      expect((await fetch(url + path, { method: 'POST', body: '{}' })).status).toBe(404);
    }
  });
});

describe('health', () => {
  const never: Answer = fails(new Error('never asked'));

  it('is well, or says why not', async () => {
    expect((await fetch(`${(await listening(never)).url}/health`)).status).toBe(200);
    const response = await fetch(`${(await listening(never, 'no_word')).url}/health`);
    expect(response.status).toBe(503);
    expect(await response.json()).toMatchObject({ status: 'no_word' });
  });
});

it('answers what is in hand before it stops, and takes nothing further', async () => {
  const { promise, resolve } = Promise.withResolvers<FoundAnswer>();
  const { server, post, url } = await listening(() => promise);
  const response = post(posted);
  await until('it is in hand', () => server.inHand === 1);
  const stopped = server.stop(5_000);
  await expect(fetch(`${url}/health`)).rejects.toThrow();
  resolve({ answer: answer(), repeated: false });

  expect((await response).status).toBe(200);
  await stopped;
  expect(server.inHand).toBe(0);
});
