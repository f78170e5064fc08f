import { jest } from '@jest/globals';
import type { ReplyAddress } from '../../../contracts/replies.ts';
import { answerKey, type SearchAnswer } from '../../../contracts/travel.ts';
import { DependencyDownError } from '../../../worker/failures.ts';
import { AirlineDesk } from '../../../worker/flights/airline-desk.ts';
import type { AnswerStore } from '../../../worker/flights/answer-store.ts';
import { ForeignReplyQueueError } from '../../../worker/flights/reply-sender.ts';
import { flightSearch } from '../../../worker/jobs/search-flights.ts';
import { delivery } from '../support/deliveries.ts';
import { flightQuery, offer, searchFlights } from '../support/searches.ts';

beforeEach(() => {
  jest.useFakeTimers();
});
afterEach(() => {
  jest.useRealTimers();
});

class AnswersInMemory implements AnswerStore {
  readonly kept = new Map<string, SearchAnswer>();
  find: AnswerStore['find'] = async search => this.kept.get(answerKey(search));
  keep: AnswerStore['keep'] = async (search, answer) => {
    const key = answerKey(search);
    const before = this.kept.get(key);
    if (before === undefined) this.kept.set(key, answer);
    return before ?? answer;
  };
}

/** A search with one airline that takes so long, or fails. */
function bench(airlineMs: number | Error = 100) {
  const sent: { to: ReplyAddress; answer: SearchAnswer; keptBefore: boolean }[] = [];
  const answers = new AnswersInMemory();
  const counted: string[] = [];
  const state = { asked: 0, orphaned: false };
  const desk = new AirlineDesk(
    {
      name: 'aurora',
      offers(_query, _attempt, signal) {
        state.asked += 1;
        if (airlineMs instanceof Error) return Promise.reject(airlineMs);
        return new Promise((resolve, reject) => {
          setTimeout(() => resolve([offer()]), airlineMs);
          signal.addEventListener('abort', () => reject(signal.reason));
        });
      },
    },
    { usual_ms: 20_000 },
  );
  const run = flightSearch({
    airlines: [desk],
    answers,
    replies: {
      to: address => {
        if (!address.queue_url.startsWith('https://queues/')) throw new ForeignReplyQueueError('foreign');
        return {
          async send(reply) {
            const answer = reply as SearchAnswer;
            sent.push({ to: address, answer, keptBefore: answers.kept.size > 0 });
            return state.orphaned ? 'orphaned' : 'sent';
          },
        };
      },
    },
    counts: { count: metric => counted.push(metric), airlineAsked: ({ status }) => counted.push(status) },
  });
  return { run, sent, answers, counted, state };
}

async function outcomeOf<T>(running: Promise<T>): Promise<T> {
  await jest.advanceTimersByTimeAsync(30_000);
  return running;
}

describe('a search', () => {
  it('is answered where it says, under its id, and kept before', async () => {
    const { run, sent } = bench();
    const done = await outcomeOf(run(searchFlights(), delivery()));

    expect(done).toMatchObject({ outcome: 'complete', details: { reply: 'sent', offers: 1 } });
    expect(sent).toMatchObject([{ to: searchFlights().reply_to, keptBefore: true }]);
    expect(sent[0]?.answer.offers).toEqual([offer()]);
  });

  it('is answered with what there is when its time is over, less the way back', async () => {
    const { run, sent } = bench(60_000);
    const started = Date.now();
    await outcomeOf(run(searchFlights(), delivery()));

    expect(sent[0]?.answer.status).toBe('unanswered');
    expect(Date.parse(sent[0]?.answer.answered_at ?? '') - started).toBe(1_500);
  });

  it('that was made before is answered by that, and no airline is asked', async () => {
    const { run, sent, state } = bench();
    await outcomeOf(run(searchFlights(), delivery()));
    const again = searchFlights({
      reply_to: { queue_url: 'https://queues/replies-2', correlation_id: 'again' },
    });
    const done = await outcomeOf(run(again, delivery()));

    expect(done.outcome).toBe('answered_before');
    expect(state.asked).toBe(1);
    expect(sent[1]).toMatchObject({ to: again.reply_to, answer: sent[0]?.answer as SearchAnswer });
  });

  it('under the same id, of something else, is made', async () => {
    const { run, state } = bench();
    await outcomeOf(run(searchFlights(), delivery()));
    await outcomeOf(run(searchFlights({ query: flightQuery({ passengers: 2 }) }), delivery()));

    expect(state.asked).toBe(2);
  });

  it('made twice at once is answered alike', async () => {
    const { run, sent } = bench();
    await outcomeOf(Promise.all([run(searchFlights(), delivery()), run(searchFlights(), delivery())]));

    expect(sent).toHaveLength(2);
    expect(sent[0]?.answer).toBe(sent[1]?.answer);
  });

  it('that no airline answered is not kept: who asks again may have more luck', async () => {
    const { run, sent, answers } = bench(new Error('wrong address'));
    await outcomeOf(run(searchFlights(), delivery()));

    expect(sent[0]?.answer.status).toBe('unanswered');
    expect(answers.kept.size).toBe(0);
  });
});

describe('a search whose server died', () => {
  it('is made all the same, and kept for whoever asks again', async () => {
    const { run, answers, state, counted } = bench(3_000);
    state.orphaned = true;
    const late = searchFlights({ answer_by: new Date(Date.now() - 30_000).toISOString() });
    const done = await outcomeOf(run(late, delivery()));

    expect(done).toMatchObject({ outcome: 'complete', details: { reply: 'orphaned' } });
    expect(answers.kept.size).toBe(1);
    expect(counted).toEqual(['answered', 'orphaned']);
  });

  it('is given up when it is so old that nobody asks again', async () => {
    const { run, sent, state, counted } = bench();
    const old = searchFlights({ answer_by: new Date(Date.now() - 121_000).toISOString() });
    const done = await outcomeOf(run(old, delivery()));

    expect(done.outcome).toBe('abandoned');
    expect([state.asked, sent.length]).toEqual([0, 0]);
    expect(counted).toEqual(['abandoned']);
  });
});

describe('a search fails', () => {
  it('before an airline is asked, when its reply is asked for at another place', async () => {
    const { run, state } = bench();
    const foreign = searchFlights({ reply_to: { queue_url: 'https://elsewhere/q', correlation_id: 'x' } });

    await expect(run(foreign, delivery())).rejects.toThrow(ForeignReplyQueueError);
    expect(state.asked).toBe(0);
  });

  it('and comes back, when the answer cannot be kept', async () => {
    const { run, sent, answers } = bench();
    answers.keep = () => Promise.reject(new DependencyDownError('DynamoDB'));
    const running = expect(run(searchFlights(), delivery())).rejects.toThrow(DependencyDownError);
    await jest.advanceTimersByTimeAsync(1_000);

    await running;
    expect(sent).toEqual([]);
  });

  it('without a reply, when the worker stops', async () => {
    const { run, sent } = bench(60_000);
    const stopping = new AbortController();
    const running = expect(run(searchFlights(), delivery({ signal: stopping.signal }))).rejects.toThrow(
      'The worker stops.',
    );
    await jest.advanceTimersByTimeAsync(10);
    stopping.abort(new Error('The worker stops.'));

    await running;
    expect(sent).toEqual([]);
  });
});
