import { answerKey, answerValidSeconds, type SearchAnswer } from '../../../contracts/travel.ts';
import { KeptAnswers } from '../../../web/travel-search/answers.ts';
import { DynamoDbAnswerStore } from '../../../worker/flights/answer-store.ts';
import { DynamoDbServer } from '../../support/dynamodb-server.ts';
import { flightQuery, offer, searchFlights } from '../support/searches.ts';

let server: DynamoDbServer;
let tableName: string;
beforeAll(async () => {
  server = await DynamoDbServer.start();
});
beforeEach(async () => {
  tableName = await server.createTable();
});
afterAll(() => server.stop());

/** A worker's store, whose clock is so many seconds ahead. */
const storeAt = (seconds = 0) =>
  new DynamoDbAnswerStore(server.client, tableName, () => Date.now() + seconds * 1_000);

const answerWith = (...totals: readonly number[]): SearchAnswer => ({
  search_id: 'search-0001',
  status: 'complete',
  offers: totals.map(total_minor => offer({ total_minor })),
  airlines: [],
  answered_at: '2027-01-01T10:00:00.000Z',
  valid_until: '2027-01-01T10:15:00.000Z',
});

describe('an answer', () => {
  it('is found as it was kept, by workers and by every server', async () => {
    const answer = answerWith(50_000);
    expect(await storeAt().keep(searchFlights(), answer)).toEqual(answer);

    expect(await storeAt().find(searchFlights())).toEqual(answer);
    const posted = { ...searchFlights(), within_ms: 1_000 };
    expect(await new KeptAnswers(server.documents, tableName).find(posted)).toEqual(answer);
  });

  it('is not found where there is none, or for another question under the same id', async () => {
    await storeAt().keep(searchFlights(), answerWith(50_000));
    const other = searchFlights({ query: flightQuery({ passengers: 2 }) });

    expect(await storeAt().find(other)).toBeUndefined();
    expect(await storeAt().find(searchFlights({ search_id: 'search-0002' }))).toBeUndefined();
  });

  it('stands against a later one, also when two are kept at once', async () => {
    const [one, other] = await Promise.all([
      storeAt().keep(searchFlights(), answerWith(50_000)),
      storeAt().keep(searchFlights(), answerWith(40_000)),
    ]);
    expect(one).toEqual(other);
    expect(await storeAt().keep(searchFlights(), answerWith(30_000))).toEqual(one);
  });

  it('holds for its time, and no longer, although the table has it still', async () => {
    await storeAt().keep(searchFlights(), answerWith(50_000));

    expect(await storeAt(answerValidSeconds - 2).find(searchFlights())).toBeDefined();
    expect(await storeAt(answerValidSeconds + 1).find(searchFlights())).toBeUndefined();
    expect(await server.item(tableName, answerKey(searchFlights()))).toBeDefined();
  });

  it('gives way to a new one when its time is over', async () => {
    await storeAt(-answerValidSeconds - 1).keep(searchFlights(), answerWith(50_000));
    const posted = { ...searchFlights(), within_ms: 1_000 };
    expect(await new KeptAnswers(server.documents, tableName).find(posted)).toBeUndefined();

    expect(await storeAt().keep(searchFlights(), answerWith(40_000))).toEqual(answerWith(40_000));
    expect(await storeAt().find(searchFlights())).toEqual(answerWith(40_000));
  });
});
