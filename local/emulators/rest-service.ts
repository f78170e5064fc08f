import type { IncomingHttpHeaders } from 'node:http';
import { AwsError } from './aws-error.ts';
import type { WireAnswer } from './wire-protocol.ts';

/** A request of the REST-JSON protocol: what it asks for stands in method and path. */
export interface RestRequest {
  readonly method: string;
  /** Decoded, without the query: `/schedules/reminder`. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** By their names in lower case. */
  readonly headers: IncomingHttpHeaders;
  readonly body: Readonly<Record<string, unknown>>;
  /** Region that the caller signed for. */
  readonly region: string;
}

/** What goes back. */
export interface RestResult {
  /** @default 200 */
  readonly status?: number;
  /** Beside those that every answer has. @default - none */
  readonly headers?: Readonly<Record<string, string>>;
  /** What JSON can say. @default - nothing */
  readonly body?: unknown;
}

/**
 * A service that speaks REST-JSON.
 *
 * @throws AwsError as the service answers it.
 * @see https://smithy.io/2.0/aws/protocols/aws-restjson1-protocol.html
 */
export type RestService = (request: RestRequest) => Promise<RestResult> | RestResult;

/** What a service answers as to what it does not run. */
export function notRunHere(
  service: string,
  { method, path }: Pick<RestRequest, 'method' | 'path'>,
): AwsError {
  return new AwsError(
    'UnknownOperationException',
    `The local cloud does not run ${method} ${path} of ${service}.`,
    404,
  );
}

export function restAnswer({ status = 200, headers, body }: RestResult): WireAnswer {
  return {
    status,
    headers: { 'content-type': 'application/json', ...headers },
    body: body === undefined ? '' : JSON.stringify(body),
  };
}

export function restError({ code, message, status, members }: AwsError): WireAnswer {
  return {
    status,
    headers: { 'content-type': 'application/json', 'x-amzn-errortype': code },
    body: JSON.stringify({ message, ...members }),
  };
}
