import type { Logger } from '@aws-lambda-powertools/logger';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda';
import { failureKind } from './failures.ts';
import { correlationIdOf, errorResponse, HttpError, jsonResponse } from './http.ts';

/** A request as whoever answers it gets it. */
export interface HttpRequest {
  readonly event: APIGatewayProxyEventV2;
  readonly context: Context;
  readonly correlationId: string;
  /** Adds to the log line of the request what it turned out to be about. */
  note(fields: Readonly<Record<string, unknown>>): void;
}

/** What is answered. */
export interface HttpAnswer {
  readonly status: number;
  readonly content: object;
  /** What was done, in a word that metrics and people can count: `accepted`. */
  readonly outcome: string;
}

export interface HttpHandlerOptions {
  readonly logger: Pick<Logger, 'addContext' | 'info' | 'warn' | 'error'>;
  /** What every log line begins with: `event_type`. */
  readonly about?: Readonly<Record<string, unknown>>;
  /** What the log says: `Order taken`, `Order refused`. */
  readonly says: { readonly done: string; readonly refused: string };

  /** What to answer to anything that was thrown. */
  readonly refusalOf: (thrown: unknown) => HttpError;

  /** @throws whatever {@link refusalOf} knows an answer to. */
  readonly answer: (request: HttpRequest) => Promise<HttpAnswer>;
}

export type HttpHandler = (
  event: APIGatewayProxyEventV2,
  context: Context,
) => Promise<APIGatewayProxyStructuredResultV2>;

/**
 * Makes a Lambda handler of a function that answers requests of an HTTP API. Each request leaves one log line:
 * what was done, or why not, at a level that says whose fault it was.
 */
export function httpHandler({
  logger,
  about = {},
  says,
  refusalOf,
  answer,
}: HttpHandlerOptions): HttpHandler {
  return async (event, context) => {
    logger.addContext(context);
    const correlationId = correlationIdOf(event);
    let line: Readonly<Record<string, unknown>> = { ...about, correlation_id: correlationId };
    const note = (fields: Readonly<Record<string, unknown>>) => {
      line = { ...line, ...fields };
    };
    try {
      const { status, content, outcome } = await answer({ event, context, correlationId, note });
      logger.info(says.done, { outcome, ...line });
      return jsonResponse(status, content, { correlationId });
    } catch (thrown) {
      const error = refusalOf(thrown);
      const level = error.status < 500 ? 'info' : error.status === 503 ? 'warn' : 'error';
      logger[level](says.refused, { outcome: error.code, status: error.status, ...line, error: thrown });
      return errorResponse(error, { correlationId });
    }
  };
}

export interface RefusalTexts {
  /** What did not come about, without the full stop: `The order was not taken`. */
  readonly undone: string;
}

/** What to answer when a request failed: whether it may be sent again, and whose fault it was. */
export function refusalOf(thrown: unknown, { undone }: RefusalTexts): HttpError {
  if (thrown instanceof HttpError) return thrown;
  return failureKind(thrown) === 'passing'
    ? new HttpError(503, 'unavailable', `${undone}. Send it again, as it is.`, { retryAfterSeconds: 2 })
    : new HttpError(500, 'internal_error', `${undone}, and the fault is on this side.`);
}
