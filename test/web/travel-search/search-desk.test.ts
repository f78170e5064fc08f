import type { PostedSearch, SearchAnswer, SearchFlights } from '../../../contracts/travel.ts';
import { searchMetrics } from '../../../contracts/travel-search.ts';
import { DependencyDownError } from '../../../web/shared/failures.ts';
import { PendingReplies } from '../../../web/shared/replies/pending-replies.ts';
import {
  SearchAbandonedError,
  SearchDesk,
  SearchTimedOutError,
  TooManySearchesError,
} from '../../../web/travel-search/search-desk.ts';
import { RecordingLog, RecordingMetrics } from '../support/recording.ts';
import { answer, search } from '../support/searches.ts';
import { until } from '../support/until.ts';

const anybody = new AbortController().signal;

function desk(options: { maxSearches?: number; kept?: () => SearchAnswer | undefined; down?: boolean } = {}) {
  const pending = new PendingReplies<SearchAnswer>({ rememberForMs: 60_000 });
  const sent: SearchFlights[] = [];
  const metrics = new RecordingMetrics();
  const made = new SearchDesk({
    requests: {
      async send(request) {
        if (options.down) throw new DependencyDownError('SQS did not answer');
        sent.push(request);
      },
    },
    pending,
    replyUrl: () => 'https://queues/replies-1',
    answers: { find: async () => options.kept?.() },
    maxSearches: options.maxSearches ?? 10,
    log: new RecordingLog(),
    metrics,
  });
  const ask = (posted: PostedSearch = search(), signal = anybody) => made.answer(posted, signal);
  const asked = () => until('the workers are asked', () => sent.at(-1));
  return { pending, sent, metrics, ask, asked };
}

describe('a search', () => {
  it('is put on the queue with where and by when to reply, and answered by the reply', async () => {
    const { pending, metrics, ask, asked } = desk();
    const before = Date.now();
    const found = ask();
    const request = await asked();
    pending.accept(request.reply_to.correlation_id, answer());

    expect(await found).toEqual({ answer: answer(), repeated: false });
    expect(request).toMatchObject({
      search_id: 'search-0001',
      query: search().query,
      reply_to: { queue_url: 'https://queues/replies-1' },
    });
    const budgetMs = Date.parse(request.answer_by) - before;
    expect(budgetMs).toBeGreaterThanOrEqual(2_000);
    expect(budgetMs).toBeLessThan(3_000);
    expect(metrics.counts).toEqual({ [searchMetrics.complete]: 1 });
    expect(metrics.times[searchMetrics.time]).toHaveLength(1);
  });

  it('of two that are made at once gets its own answer', async () => {
    const { pending, sent, ask } = desk();
    const [one, other] = [ask(search({ search_id: 'search-one' })), ask(search({ search_id: 'search-two' }))];
    await until('both are asked for', () => sent.length === 2);
    for (const { reply_to, search_id } of sent.toReversed()) {
      pending.accept(reply_to.correlation_id, answer({ search_id }));
    }

    expect((await one).answer.search_id).toBe('search-one');
    expect((await other).answer.search_id).toBe('search-two');
  });

  it('that was made before is answered by what was found, and nobody is asked', async () => {
    const { sent, metrics, ask } = desk({ kept: () => answer() });

    expect(await ask()).toEqual({ answer: answer(), repeated: true });
    expect(sent).toEqual([]);
    expect(metrics.counts).toEqual({ [searchMetrics.repeated]: 1 });
  });

  it('whose reply went astray is answered by what was kept', async () => {
    let kept: SearchAnswer | undefined;
    const { ask, asked } = desk({ kept: () => kept });
    const found = ask(search({ within_ms: 50 }));
    await asked();
    kept = answer();

    expect(await found).toEqual({ answer: answer(), repeated: true });
  });

  it('is made although what was found before cannot be read', async () => {
    const { pending, ask, asked } = desk({
      kept: () => {
        throw new DependencyDownError('DynamoDB did not answer');
      },
    });
    const found = ask();
    pending.accept((await asked()).reply_to.correlation_id, answer());

    expect((await found).repeated).toBe(false);
  });
});

describe('a search fails', () => {
  it('when no answer comes in time; the one that comes later is dropped', async () => {
    const { pending, metrics, ask, asked } = desk();
    await expect(ask(search({ within_ms: 30 }))).rejects.toThrow(SearchTimedOutError);

    expect(pending.accept((await asked()).reply_to.correlation_id, answer())).toBe('late');
    expect(metrics.counts).toEqual({ [searchMetrics.timedOut]: 1 });
  });

  it('when too many are under way', async () => {
    const { pending, metrics, ask, asked } = desk({ maxSearches: 1 });
    const first = ask();
    const request = await asked();
    await expect(ask()).rejects.toThrow(TooManySearchesError);
    pending.accept(request.reply_to.correlation_id, answer());

    await first;
    expect(metrics.counts[searchMetrics.refused]).toBe(1);
  });

  it('when the queue cannot be reached, and nobody waits then', async () => {
    const { pending, metrics, ask } = desk({ down: true });
    await expect(ask()).rejects.toThrow(DependencyDownError);

    expect(pending.size).toBe(0);
    expect(metrics.counts).toEqual({ [searchMetrics.failed]: 1 });
  });

  it('when the client hangs up: its place is free at once', async () => {
    const { pending, metrics, ask, asked } = desk();
    const client = new AbortController();
    const found = ask(search({ within_ms: 20_000 }), client.signal);
    await asked();
    client.abort();

    await expect(found).rejects.toThrow(SearchAbandonedError);
    expect(pending.size).toBe(0);
    expect(metrics.counts).toEqual({ [searchMetrics.abandoned]: 1 });
  });
});
