import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { jsonFault } from './json-fault.ts';

/** Something wrong with a request, in the client's words. */
export interface RequestFault {
  /** Where it is: `items.0.sku`, a header's name, `body` for the whole. */
  readonly field: string;
  readonly message: string;
}

export interface HttpErrorOptions {
  readonly faults?: readonly RequestFault[];
  /** Seconds after which it is worth trying again. */
  readonly retryAfterSeconds?: number;
  readonly cause?: unknown;
}

/** A request that is answered with an error; its message is for the client. */
export class HttpError extends Error {
  override readonly name = 'HttpError';
  readonly status: number;
  /** The error in a word, for programs: `invalid_order`. */
  readonly code: string;
  readonly faults: readonly RequestFault[];
  readonly retryAfterSeconds: number | undefined;

  constructor(status: number, code: string, message: string, options: HttpErrorOptions = {}) {
    super(message, { cause: options.cause });
    this.status = status;
    this.code = code;
    this.faults = options.faults ?? [];
    this.retryAfterSeconds = options.retryAfterSeconds;
  }
}

const jsonMediaType = /^application\/(?:[\w.+-]+\+)?json\s*(?:;|$)/i;

/**
 * The JSON that a request carries.
 *
 * @throws HttpError 415 when the request says that it is not JSON, 413 above `maxBytes`, 400 when it is
 * no JSON in UTF-8.
 */
export function readJson(request: APIGatewayProxyEventV2, maxBytes: number): unknown {
  const mediaType = request.headers['content-type'];
  if (mediaType !== undefined && !jsonMediaType.test(mediaType.trim())) {
    throw new HttpError(
      415,
      'unsupported_media_type',
      'The body must be JSON: send it with the content type application/json.',
    );
  }
  const body = Buffer.from(request.body ?? '', request.isBase64Encoded ? 'base64' : 'utf8');
  if (body.length > maxBytes) {
    throw new HttpError(
      413,
      'body_too_large',
      `The body is ${body.length} bytes; at most ${maxBytes} are taken.`,
    );
  }
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch (error) {
    throw new HttpError(400, 'malformed_json', 'The body is not JSON in UTF-8.', {
      faults: [{ field: 'body', message: jsonFault(error, body.length) }],
    });
  }
}

const correlationIdHeader = 'x-correlation-id';
const correlationId = /^[\w.:/=+@-]{1,128}$/;

/** The id that the client gave to what it does, if it is a sound one, or that of the request. */
export function correlationIdOf(request: APIGatewayProxyEventV2): string {
  const given = request.headers[correlationIdHeader];
  return given !== undefined && correlationId.test(given) ? given : request.requestContext.requestId;
}

export interface JsonResponseOptions {
  readonly correlationId: string;
  readonly retryAfterSeconds?: number | undefined;
}

export function jsonResponse(
  status: number,
  content: object,
  { correlationId, retryAfterSeconds }: JsonResponseOptions,
): APIGatewayProxyStructuredResultV2 {
  return {
    statusCode: status,
    headers: {
      'content-type': 'application/json',
      'cache-control': 'no-store',
      [correlationIdHeader]: correlationId,
      ...(retryAfterSeconds !== undefined && { 'retry-after': String(retryAfterSeconds) }),
    },
    body: JSON.stringify(content),
  };
}

export function errorResponse(
  error: HttpError,
  options: Pick<JsonResponseOptions, 'correlationId'>,
): APIGatewayProxyStructuredResultV2 {
  return jsonResponse(
    error.status,
    {
      error: error.code,
      message: error.message,
      ...(error.faults.length > 0 && { faults: error.faults }),
    },
    { ...options, retryAfterSeconds: error.retryAfterSeconds },
  );
}
