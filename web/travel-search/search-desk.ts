import type { PostedSearch, SearchAnswer } from '../../contracts/travel.ts';
import { searchMetrics } from '../../contracts/travel-search.ts';
import { errorFrom } from '../shared/failures.ts';
import type { Log } from '../shared/log.ts';
import type { ServerMetrics } from '../shared/metrics.ts';
import type { PendingReplies } from '../shared/replies/pending-replies.ts';
import type { Answers } from './answers.ts';
import type { RequestQueue } from './request-queue.ts';

/** So many searches are under way already that one more would only make all of them slower. */
export class TooManySearchesError extends Error {
  override readonly name = 'TooManySearchesError';
}

/** No answer came within the time that the search was given. */
export class SearchTimedOutError extends Error {
  override readonly name = 'SearchTimedOutError';
}

/** The client has hung up. */
export class SearchAbandonedError extends Error {
  override readonly name = 'SearchAbandonedError';
}

export interface SearchDeskOptions {
  readonly requests: RequestQueue;
  readonly pending: PendingReplies<SearchAnswer>;
  /** Where replies are to be sent to, now. */
  readonly replyUrl: () => string;
  readonly answers: Answers;
  /** Searches at a time. */
  readonly maxSearches: number;
  readonly log: Log;
  readonly metrics: ServerMetrics;
}

export interface FoundAnswer {
  readonly answer: SearchAnswer;
  /** Whether it had been found before, for the same search. */
  readonly repeated: boolean;
}

/**
 * Answers searches: by what was found before under the same id, or by asking the workers and waiting for
 * their reply.
 *
 * What is asked stays on the request queue and is answered whatever becomes of this server; the answer can
 * then be had from any other, by posting the same search again.
 */
export class SearchDesk {
  readonly #options: SearchDeskOptions;

  constructor(options: SearchDeskOptions) {
    this.#options = options;
  }

  /**
   * @param signal aborted when nobody waits any more.
   * @throws TooManySearchesError, SearchTimedOutError, SearchAbandonedError
   * @throws DependencyDownError when the request queue cannot be reached; nothing was asked.
   */
  async answer(search: PostedSearch, signal: AbortSignal): Promise<FoundAnswer> {
    const { pending, maxSearches, metrics, log } = this.#options;
    if (pending.size >= maxSearches) {
      metrics.count(searchMetrics.refused);
      throw new TooManySearchesError(`${maxSearches} searches are under way.`);
    }
    const startedAt = performance.now();
    const about = { search_id: search.search_id };
    try {
      const found = await this.#find(search, signal);
      const took_ms = Math.round(performance.now() - startedAt);
      metrics.count(found.repeated ? searchMetrics.repeated : searchMetrics[found.answer.status]);
      metrics.time(searchMetrics.time, took_ms);
      log.info('Search answered', {
        outcome: found.repeated ? 'repeated' : found.answer.status,
        ...about,
        offers: found.answer.offers.length,
        took_ms,
      });
      return found;
    } catch (error) {
      const took_ms = Math.round(performance.now() - startedAt);
      if (error instanceof SearchTimedOutError) {
        metrics.count(searchMetrics.timedOut);
        log.warn('Search not answered in time', { outcome: 'timed_out', ...about, took_ms });
      } else if (error instanceof SearchAbandonedError) {
        metrics.count(searchMetrics.abandoned);
        log.info('Search abandoned by its client', { outcome: 'abandoned', ...about, took_ms });
      } else {
        metrics.count(searchMetrics.failed);
        log.error('Search failed', { outcome: 'failed', ...about, took_ms, error: errorFrom(error) });
      }
      throw error;
    }
  }

  async #find(search: PostedSearch, signal: AbortSignal): Promise<FoundAnswer> {
    const answerBy = Date.now() + search.within_ms;
    const before = await this.#foundBefore(search);
    if (before !== undefined) return { answer: before, repeated: true };
    const answer = await this.#ask(search, answerBy, signal);
    if (answer !== undefined) return { answer, repeated: false };
    // The reply may have gone to a queue that somebody deleted: the answer is kept all the same.
    const kept = await this.#foundBefore(search);
    if (kept !== undefined) return { answer: kept, repeated: true };
    throw new SearchTimedOutError(`No answer to search ${search.search_id} within ${search.within_ms} ms.`);
  }

  async #ask(
    { search_id, query }: PostedSearch,
    answerBy: number,
    signal: AbortSignal,
  ): Promise<SearchAnswer | undefined> {
    const { pending, requests, replyUrl, log } = this.#options;
    const waiting = pending.expect(Math.max(0, answerBy - Date.now()));
    signal.addEventListener('abort', waiting.giveUp, { once: true });
    try {
      if (signal.aborted) waiting.giveUp();
      else {
        const { correlationId } = waiting;
        await requests.send({
          search_id,
          query,
          answer_by: new Date(answerBy).toISOString(),
          reply_to: { queue_url: replyUrl(), correlation_id: correlationId },
        });
        log.debug('Search asked for', { search_id, correlation_id: correlationId });
      }
      const answer = await waiting.reply;
      if (signal.aborted) throw new SearchAbandonedError('The client has hung up.');
      return answer;
    } finally {
      signal.removeEventListener('abort', waiting.giveUp);
      waiting.giveUp();
    }
  }

  /** Without what was found before, the search is simply made again. */
  async #foundBefore(search: PostedSearch): Promise<SearchAnswer | undefined> {
    const { answers, log } = this.#options;
    try {
      return await answers.find(search);
    } catch (error) {
      log.warn('Answers found before cannot be read', {
        search_id: search.search_id,
        error: errorFrom(error),
      });
      return undefined;
    }
  }
}
