import * as v from 'valibot';
import { postedSearch } from '../../contracts/travel.ts';
import { DependencyDownError } from '../shared/failures.ts';
import { HttpError } from '../shared/http-error.ts';
import type { JsonHandler } from '../shared/http-server.ts';
import {
  type FoundAnswer,
  SearchAbandonedError,
  type SearchDesk,
  SearchTimedOutError,
  TooManySearchesError,
} from './search-desk.ts';

/**
 * Takes searches over HTTP: 200 with all offers or some, 504 when no airline answered in time, 503 when it
 * is worth asking again, at any server.
 */
export function searchRequests(desk: Pick<SearchDesk, 'answer'>): JsonHandler {
  return async ({ content, signal }) => {
    const parsed = v.safeParse(postedSearch, content);
    if (!parsed.success) {
      throw new HttpError(400, 'invalid_search', 'The body is not a search.', {
        faults: parsed.issues.map(issue => ({
          field: v.getDotPath(issue) ?? 'body',
          message: issue.message,
        })),
      });
    }
    const { search_id } = parsed.output;
    const { answer, repeated } = await desk
      .answer(parsed.output, signal)
      .catch((error: unknown): Promise<FoundAnswer> => {
        throw httpErrorOf(error, search_id);
      });
    if (answer.status === 'unanswered') {
      throw new HttpError(504, 'no_airline_answered', 'None of the airlines answered in time.', {
        details: { search_id, airlines: answer.airlines },
        retryAfterSeconds: 1,
      });
    }
    return { status: 200, content: answer, headers: { 'x-search-repeated': String(repeated) } };
  };
}

function httpErrorOf(error: unknown, search_id: string): unknown {
  const details = { search_id };
  if (error instanceof SearchTimedOutError) {
    return new HttpError(
      504,
      'search_timed_out',
      'No offers came in time. The search goes on: post it again under the same search_id.',
      { details, retryAfterSeconds: 1, cause: error },
    );
  }
  if (error instanceof TooManySearchesError) {
    return new HttpError(503, 'too_many_searches', 'Too many searches are under way. Ask again.', {
      details,
      retryAfterSeconds: 1,
      cause: error,
    });
  }
  if (error instanceof DependencyDownError) {
    return new HttpError(503, 'unavailable', 'The search was not made. It is safe to ask again.', {
      details,
      retryAfterSeconds: 1,
      cause: error,
    });
  }
  if (error instanceof SearchAbandonedError) {
    // Nobody reads it; the status is for the log of whoever stands between.
    return new HttpError(499, 'client_closed_request', 'The client has hung up.', { cause: error });
  }
  return error;
}
