import {
  type SearchAnswer,
  type SearchFlights,
  searchFlightsJob,
  searchTime,
} from '../../contracts/travel.ts';
import { AirlineDesk, askAll } from '../flights/airline-desk.ts';
import { type AnswerStore, DynamoDbAnswerStore, dynamoDbClient } from '../flights/answer-store.ts';
import { answerOf } from '../flights/best-offers.ts';
import { EmbeddedFlightCounts, type FlightCounts } from '../flights/flight-metrics.ts';
import { HttpAirline } from '../flights/http-airline.ts';
import { type ReplySender, type ReplyWay, SqsReplySender } from '../flights/reply-sender.ts';
import { SimulatedAirline } from '../flights/simulated-airline.ts';
import { type Delivery, defineJob, type JobOutcome } from '../job.ts';

export interface FlightSearchPorts {
  readonly airlines: readonly AirlineDesk[];
  readonly answers: AnswerStore;
  readonly replies: ReplySender;
  readonly counts: FlightCounts;
}

/** What is kept of the time that a search has, for the answer's way back to who waits. */
const wayBackMs = 500;

/** With less time than this left, nobody waits any more: no airline would answer. */
const leastMs = 200;

/**
 * How long after its time a search is still made: so long, whoever asked may ask again. What is older was
 * given up; a queue that has been standing still is through with it in no time.
 */
const askedAgainWithinMs = 120_000;

/**
 * Asks all airlines side by side and replies with what they answered in time.
 *
 * The answer is kept before it is sent: whoever asks again, because the server that asked first has died or
 * did not wait long enough, gets the same. The reply to a server that is gone is dropped.
 */
export function flightSearch({ airlines, answers, replies, counts }: FlightSearchPorts) {
  return async (
    search: SearchFlights,
    { signal, log }: Pick<Delivery, 'signal' | 'log'>,
  ): Promise<JobOutcome> => {
    const way = replies.to(search.reply_to);
    const leftMs = Date.parse(search.answer_by) - Date.now() - wayBackMs;
    if (leftMs < -askedAgainWithinMs) {
      counts.count('abandoned');
      return { outcome: 'abandoned', details: { late_ms: Math.round(-leftMs) } };
    }
    const before = await answers.find(search);
    if (before !== undefined) {
      return { outcome: 'answered_before', details: { reply: await reply(way, before) } };
    }
    // For nobody who waits, but for who asks again: with the time that searches usually have.
    const withinMs = leftMs < leastMs ? searchTime.usual : leftMs;
    const outcomes = await askAll(airlines, search.query, { withinMs, signal, log });
    signal.throwIfAborted();
    const answer = answerOf(search, outcomes, new Date());
    for (const report of answer.airlines) counts.airlineAsked(report);
    // No answer at all is no answer to keep: who asks again may have more luck.
    const standing = answer.status === 'unanswered' ? answer : await answers.keep(search, answer);
    return {
      outcome: answer.status,
      details: {
        offers: standing.offers.length,
        reply: await reply(way, standing),
        late: answer.airlines.filter(({ status }) => status === 'late').map(({ airline }) => airline),
        failed: answer.airlines.filter(({ status }) => status === 'failed').map(({ airline }) => airline),
        second_tries: answer.airlines.filter(({ tries }) => tries > 1).length,
      },
    };
  };

  async function reply(way: ReplyWay, answer: SearchAnswer): Promise<'sent' | 'orphaned'> {
    const sent = await way.send(answer);
    if (sent === 'orphaned') counts.count('orphaned');
    return sent;
  }
}

export const job = defineJob({
  contract: searchFlightsJob,
  subject: ({ search_id, reply_to }) => ({ search_id, correlation_id: reply_to.correlation_id }),
  open({ AIRLINES, ANSWERS_TABLE, REPLY_QUEUE_URL_PREFIX }) {
    const dynamoDb = dynamoDbClient();
    const replies = new SqsReplySender(REPLY_QUEUE_URL_PREFIX);
    const counts = new EmbeddedFlightCounts();
    return {
      run: flightSearch({
        airlines: AIRLINES.map(
          setting =>
            new AirlineDesk(
              setting.url === undefined
                ? new SimulatedAirline(setting)
                : new HttpAirline({ name: setting.name, url: setting.url }),
              setting,
            ),
        ),
        answers: new DynamoDbAnswerStore(dynamoDb, ANSWERS_TABLE),
        replies,
        counts,
      }),
      close() {
        counts.close();
        replies.close();
        dynamoDb.destroy();
      },
    };
  },
});
