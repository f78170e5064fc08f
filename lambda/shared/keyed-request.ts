import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import * as v from 'valibot';
import { HttpError, readJson } from './http.ts';
import { type RefusalTexts, refusalOf } from './http-handler.ts';
import { KeyReusedError, RequestInProgressError } from './idempotent-requests.ts';

const keyHeader = 'idempotency-key';
const keyForm = /^[\x21-\x7e]{1,255}$/;

/** What a client asks for, and the key by which it can ask again. */
export interface KeyedRequest<Content> {
  readonly content: Content;
  /** The `Idempotency-Key` header. */
  readonly key: string | undefined;
}

export interface KeyedRequestOptions<Content> {
  readonly schema: v.GenericSchema<unknown, Content>;
  readonly maxBytes: number;
  /** What a request with faults is answered: `invalid_order`, and a sentence that says so. */
  readonly code: string;
  readonly message: string;
}

/** @throws HttpError naming every fault of the request. */
export function readKeyedRequest<Content>(
  request: APIGatewayProxyEventV2,
  { schema, maxBytes, code, message }: KeyedRequestOptions<Content>,
): KeyedRequest<Content> {
  const key = request.headers[keyHeader];
  const result = v.safeParse(schema, readJson(request, maxBytes));
  const faults = (result.issues ?? []).map(issue => ({
    field: v.getDotPath(issue) ?? 'body',
    message: issue.message,
  }));
  if (key !== undefined && !keyForm.test(key)) {
    faults.unshift({
      field: keyHeader,
      message: 'Invalid key: expected 1 to 255 visible ASCII characters, such as a UUID',
    });
  }
  if (!result.success || faults.length > 0) throw new HttpError(400, code, message, { faults });
  return { content: result.output, key };
}

export interface KeyedRefusalTexts extends RefusalTexts {
  /** What is asked for: `order`. */
  readonly noun: string;
}

/** What to answer when taking a keyed request failed: see {@link refusalOf}. */
export function keyedRefusalOf(thrown: unknown, { noun, undone }: KeyedRefusalTexts): HttpError {
  if (thrown instanceof KeyReusedError) {
    return new HttpError(422, 'key_reused', `${thrown.message} Use a new one for a new ${noun}.`);
  }
  if (thrown instanceof RequestInProgressError) {
    return new HttpError(409, 'in_progress', thrown.message, { retryAfterSeconds: 1 });
  }
  return refusalOf(thrown, { undone });
}
