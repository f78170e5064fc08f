import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { addressedService, isServed, SERVED } from './addressed-service.ts';
import { AwsError } from './aws-error.ts';
import type { DynamoDb } from './dynamodb/dynamodb.ts';
import type { FauxqsApp } from './fauxqs.ts';
import { type RestService, restAnswer, restError } from './rest-service.ts';
import {
  jsonAnswer,
  jsonError,
  queryAnswer,
  queryError,
  type WireAction,
  type WireAnswer,
  type WireRequest,
} from './wire-protocol.ts';

export interface WireRoutes {
  readonly dynamoDb: Pick<DynamoDb, 'answer'>;
  /** Region of requests that are not signed. */
  readonly region: string;
  /** Actions of the JSON protocol, by `x-amz-target`. */
  readonly json: ReadonlyMap<string, WireAction>;
  /** Actions of the query protocol, by `Action`. */
  readonly query: ReadonlyMap<string, WireAction>;
  /** Services of the REST-JSON protocol, by the name that their callers sign with. */
  readonly rest: ReadonlyMap<string, RestService>;
  /** What anybody may fetch, in PEM, by its path. */
  readonly files: ReadonlyMap<string, () => string>;
  /** Answers everything else: S3, and what is seldom asked of queues and topics. */
  readonly others: FauxqsApp;
}

const DYNAMODB = 'DynamoDB_20120810.';
/** The one service of the JSON protocol that fauxqs knows more of than is told apart here. */
const SQS = 'AmazonSQS.';
const FORM = { 'content-type': 'application/x-www-form-urlencoded' };
/** As much as fauxqs takes: a part of an S3 upload. */
const MAX_BODY_BYTES = 11 * 1_048_576;

/**
 * A server that tells requests apart by the AWS protocol they speak.
 *
 * What a running system asks for thousands of times is answered straight from Node's server: a web framework
 * in between would cost as much as the answer.
 */
export function wireServer(routes: WireRoutes): Server {
  return createServer((request, response) => {
    answered(request, response, routes).then(
      answer => answer && send(response, answer),
      fault => send(response, internalError(fault)),
    );
  });
}

/** @returns undefined where fauxqs answers */
async function answered(
  request: IncomingMessage,
  response: ServerResponse,
  routes: WireRoutes,
): Promise<WireAnswer | undefined> {
  const { headers, method, url } = request;
  const addressed = addressedService(headers);
  const service = routes.rest.get(addressed?.service ?? '');
  if (service !== undefined) {
    return restResult(service, request, addressed?.region ?? routes.region);
  }
  if (addressed !== undefined && !isServed(addressed.service)) {
    return refusal(addressed.service, headers['content-type'], [...SERVED, ...routes.rest.keys()]);
  }
  const target = headers['x-amz-target'];
  const region = addressed?.region ?? routes.region;
  const isGone = (): boolean => response.destroyed;
  if (method === 'GET' && addressed === undefined) {
    const file = routes.files.get(url ?? '');
    if (file !== undefined) {
      return { status: 200, headers: { 'content-type': 'application/x-pem-file' }, body: file() };
    }
    // Links that SNS sends are followed without a signature.
    if (/^\/\?(.*&)?Action=/.test(url ?? '')) {
      return queryResult(url?.slice(2) ?? '', region, { headers: FORM }, isGone, routes);
    }
  }
  if (method === 'POST' && url === '/') {
    if (typeof target === 'string' && target.startsWith(DYNAMODB)) {
      return routes.dynamoDb.answer(target.slice(DYNAMODB.length), jsonParameters(await bodyOf(request)));
    }
    const action = typeof target === 'string' ? routes.json.get(target) : undefined;
    if (action !== undefined && typeof target === 'string') {
      const parameters = jsonParameters(await bodyOf(request));
      return jsonResult(action, { action: target, parameters, region, isGone });
    }
    if (typeof target === 'string' && !target.startsWith(SQS)) {
      const error = new AwsError('UnknownOperationException', `The local cloud does not run ${target}.`);
      return jsonError(error, 'local');
    }
    if (headers['content-type']?.startsWith('application/x-www-form-urlencoded')) {
      return queryResult(await bodyOf(request), region, request, isGone, routes);
    }
  }
  routes.others.routing(request, response);
  return undefined;
}

async function jsonResult(action: WireAction, request: WireRequest): Promise<WireAnswer> {
  try {
    return jsonAnswer(await action(request));
  } catch (fault) {
    return jsonError(asAwsError(fault), 'com.amazonaws.sqs');
  }
}

async function restResult(
  service: RestService,
  request: IncomingMessage,
  region: string,
): Promise<WireAnswer> {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://127.0.0.1');
  try {
    const body = jsonParameters(await bodyOf(request));
    return restAnswer(
      await service({
        method: request.method ?? 'GET',
        path: decodeURIComponent(pathname),
        query: searchParams,
        headers: request.headers,
        body,
        region,
      }),
    );
  } catch (fault) {
    return restError(asAwsError(fault));
  }
}

async function queryResult(
  body: string,
  region: string,
  { headers }: Pick<IncomingMessage, 'headers'>,
  isGone: () => boolean,
  routes: WireRoutes,
): Promise<WireAnswer> {
  const parameters = Object.fromEntries(new URLSearchParams(body));
  const { Action: action = '' } = parameters;
  const handler = routes.query.get(action);
  if (handler === undefined) {
    const {
      statusCode,
      headers: answerHeaders,
      body: payload,
    } = await routes.others.inject({
      method: 'POST',
      url: '/',
      headers: headers as Record<string, string>,
      payload: body,
    });
    return {
      status: statusCode,
      headers: { 'content-type': String(answerHeaders['content-type']) },
      body: payload,
    };
  }
  try {
    return queryAnswer(action, String(await handler({ action, parameters, region, isGone })));
  } catch (fault) {
    return queryError(asAwsError(fault));
  }
}

function bodyOf(request: IncomingMessage): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > MAX_BODY_BYTES) {
        reject(
          new AwsError('RequestEntityTooLarge', `A request takes ${MAX_BODY_BYTES} bytes at most.`, 413),
        );
        request.destroy();
      }
      chunks.push(chunk);
    });
    request.on('end', () =>
      resolve((chunks.length === 1 ? chunks[0] : Buffer.concat(chunks))?.toString() ?? ''),
    );
    request.on('error', reject);
  });
}

function jsonParameters(body: string): Readonly<Record<string, unknown>> {
  try {
    const parameters: unknown = JSON.parse(body || '{}');
    if (typeof parameters === 'object' && parameters !== null) {
      return parameters as Record<string, unknown>;
    }
  } catch {
    // Told below, with the other bodies that are no objects.
  }
  throw new AwsError('SerializationException', 'The body of the request is no JSON object.');
}

function send(response: ServerResponse, { status, headers, body }: WireAnswer): void {
  response.writeHead(status, {
    ...headers,
    'content-length': Buffer.byteLength(body),
    'x-amzn-requestid': randomUUID(),
  });
  response.end(body);
}

/** Errors of fauxqs's own actions have code and status too. */
function asAwsError(fault: unknown): AwsError {
  if (fault instanceof AwsError) {
    return fault;
  }
  if (fault instanceof Error && 'code' in fault && 'statusCode' in fault) {
    return new AwsError(String(fault.code), fault.message, Number(fault.statusCode));
  }
  throw fault;
}

function internalError(fault: unknown): WireAnswer {
  const error =
    fault instanceof AwsError
      ? fault
      : new AwsError(
          'InternalFailure',
          fault instanceof Error ? (fault.stack ?? fault.message) : String(fault),
          500,
        );
  return jsonError(error, 'local');
}

function refusal(service: string, contentType = '', served: readonly string[]): WireAnswer {
  const error = new AwsError(
    'UnknownOperationException',
    `The local cloud does not run ${service}. It answers for ${served.join(', ')}.`,
  );
  return contentType.includes('x-www-form-urlencoded') ? queryError(error) : jsonError(error, 'local');
}
