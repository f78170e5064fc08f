import { randomUUID } from 'node:crypto';
import { EventEmitter, once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { InvocationResult } from '../functions/invocation.ts';
import { type HttpApiEvent, MalformedPath, readTarget, toHttpApiEvent } from './http-api-event.ts';
import {
  gatewayAnswer,
  type HttpApiResponse,
  InvalidFunctionAnswer,
  toHttpApiResponse,
} from './http-api-response.ts';
import { assertValidHttpApi, type HttpApiSpec, type HttpRoute } from './http-api-spec.ts';
import { listenOn } from './local-listener.ts';
import { RouteTable } from './route-table.ts';
import { forward, type ServerGroup } from './server-group.ts';
import { TokenBucket } from './token-bucket.ts';

/** API Gateway's limit for a request's body, in bytes. */
const BODY_LIMIT = 10 * 1024 * 1024;

/** Lambda's limit for an event, in bytes; a body in base64 reaches it before the other. */
const EVENT_LIMIT = 6 * 1024 * 1024;

/** How long to wait for what is behind a route, unless it says otherwise. */
const defaultTimeoutMs = 30_000;

/** Invokes the function behind a route. */
export type RouteInvoker = (functionName: string, event: HttpApiEvent) => Promise<InvocationResult>;

/** A request that was answered. */
export interface RequestHandled {
  readonly apiId: string;
  readonly requestId: string;
  readonly method: string;
  readonly path: string;
  /** Absent when no route was found. */
  readonly routeKey?: string;
  readonly statusCode: number;
  readonly durationMs: number;
  /** Why API Gateway answered in the function's stead. */
  readonly fault?: string;
}

/** Events of an HTTP API by name. */
export interface HttpApiEvents {
  readonly request: [RequestHandled];
}

/** An answer, and why it is not the function's. */
interface Answer {
  readonly response: HttpApiResponse;
  readonly routeKey?: string;
  readonly fault?: string;
}

/**
 * Listens on this machine for the requests of an HTTP API and hands them to functions, in payload format
 * 2.0, or passes them on to servers. Authorizers, CORS settings and parameter mappings are not evaluated.
 */
export class HttpApi {
  readonly events = new EventEmitter<HttpApiEvents>();
  readonly spec: HttpApiSpec;
  readonly #invoke: RouteInvoker;
  readonly #routes: RouteTable;
  readonly #buckets = new Map<HttpRoute, TokenBucket>();
  readonly #server: Server;
  readonly #stage: string;
  readonly #inHand = new Set<Promise<unknown>>();

  /** @throws InvalidHttpApi */
  constructor(spec: HttpApiSpec, invoke: RouteInvoker) {
    assertValidHttpApi(spec);
    this.spec = spec;
    this.#invoke = invoke;
    this.#routes = new RouteTable(spec.apiId, spec.routes);
    this.#stage = spec.stage ?? '$default';
    const shared = spec.throttling === undefined ? undefined : new TokenBucket(spec.throttling);
    for (const route of spec.routes) {
      const bucket = route.throttling === undefined ? shared : new TokenBucket(route.throttling);
      if (bucket !== undefined) this.#buckets.set(route, bucket);
    }
    this.#server = createServer((request, response) => {
      const closed = once(response, 'close').finally(() => this.#inHand.delete(closed));
      this.#inHand.add(closed);
      void this.#serve(request, response);
    });
  }

  /**
   * Begins to listen and tells the URL.
   *
   * @param port 0 for any free one
   * @throws PortUnavailable
   */
  listen(port: number, host?: string): Promise<string> {
    return listenOn(this.#server, `HTTP API ${this.spec.apiId}`, port, host);
  }

  /** Takes no further requests, and waits until those in hand are answered. */
  async stop(): Promise<void> {
    if (!this.#server.listening) return;
    const closed = once(this.#server, 'close');
    this.#server.close();
    await Promise.all(this.#inHand);
    // What is left are clients that keep a connection and ask nothing.
    this.#server.closeAllConnections();
    await closed;
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const startedAt = performance.now();
    const requestId = randomUUID();
    const answer = await this.#answer(request, requestId).catch(
      (error: unknown): Answer => ({ response: gatewayAnswer(500), fault: String(error) }),
    );
    const { statusCode, headers, body } = answer.response;
    response.writeHead(statusCode, {
      ...headers,
      'apigw-requestid': requestId,
      'content-length': String(body.length),
    } as Record<string, string | string[]>);
    response.end(request.method === 'HEAD' ? undefined : body);
    this.events.emit('request', {
      apiId: this.spec.apiId,
      requestId,
      method: request.method ?? 'GET',
      path: request.url ?? '/',
      ...(answer.routeKey === undefined ? {} : { routeKey: answer.routeKey }),
      statusCode,
      durationMs: performance.now() - startedAt,
      ...(answer.fault === undefined ? {} : { fault: answer.fault }),
    });
  }

  async #answer(request: IncomingMessage, requestId: string): Promise<Answer> {
    const receivedAt = new Date();
    const path = this.#pathInStage(request.url ?? '/');
    if (path instanceof MalformedPath) return { response: gatewayAnswer(400), fault: path.message };
    const match = path === undefined ? undefined : this.#routes.match(request.method ?? 'GET', path);
    if (match === undefined) return { response: gatewayAnswer(404), fault: 'no route matches' };
    const { route, pathParameters } = match;
    const { routeKey } = route;
    if (this.#buckets.get(route)?.take() === false) {
      return { response: gatewayAnswer(429), routeKey, fault: 'rate or burst limit reached' };
    }
    const body = await readBody(request);
    if (body === undefined) {
      return { response: gatewayAnswer(413), routeKey, fault: `the body exceeds ${BODY_LIMIT} bytes` };
    }
    if ('servers' in route)
      return { routeKey, ...(await this.#forward(request, path as string, body, route)) };
    const event = toHttpApiEvent(request, body, {
      apiId: this.spec.apiId,
      accountId: this.spec.accountId ?? '000000000000',
      stage: this.#stage,
      stageVariables: this.spec.stageVariables ?? {},
      routeKey,
      pathParameters,
      requestId,
      receivedAt,
    });
    if ((event.body?.length ?? 0) > EVENT_LIMIT) {
      return { response: gatewayAnswer(413), routeKey, fault: `the event exceeds ${EVENT_LIMIT} bytes` };
    }
    return { routeKey, ...(await this.#integrate(route.functionName, event, route.timeoutMs)) };
  }

  async #forward(
    request: IncomingMessage,
    path: string,
    body: Buffer,
    { servers, timeoutMs = defaultTimeoutMs }: Extract<HttpRoute, { servers: ServerGroup }>,
  ): Promise<Answer> {
    const { rawQueryString } = readTarget(request.url ?? '/');
    const target = encodeURI(path) + (rawQueryString === '' ? '' : `?${rawQueryString}`);
    const answer = await within(timeoutMs, forward(request, target, body, servers));
    return (
      answer ?? { response: gatewayAnswer(503), fault: `the server did not answer within ${timeoutMs} ms` }
    );
  }

  async #integrate(functionName: string, event: HttpApiEvent, timeoutMs = defaultTimeoutMs): Promise<Answer> {
    const result = await within(timeoutMs, this.#invoke(functionName, event));
    if (result === undefined) {
      return { response: gatewayAnswer(503), fault: `the function did not answer within ${timeoutMs} ms` };
    }
    if (result.outcome !== 'success') {
      const fault = `${result.error.errorType}: ${result.error.errorMessage}`;
      return { response: gatewayAnswer(result.outcome === 'throttled' ? 503 : 500), fault };
    }
    try {
      return { response: toHttpApiResponse(result.payload) };
    } catch (error) {
      if (!(error instanceof InvalidFunctionAnswer)) throw error;
      return { response: gatewayAnswer(500), fault: error.message };
    }
  }

  /** @returns undefined when the path is of no stage of this API */
  #pathInStage(target: string): string | undefined | MalformedPath {
    try {
      const { rawPath } = readTarget(target);
      if (this.#stage === '$default') return rawPath;
      const prefix = `/${this.#stage}`;
      if (rawPath === prefix) return '/';
      return rawPath.startsWith(`${prefix}/`) ? rawPath.slice(prefix.length) : undefined;
    } catch (error) {
      if (error instanceof MalformedPath) return error;
      throw error;
    }
  }
}

/** @returns undefined when the time is over before */
async function within<Result>(milliseconds: number, result: Promise<Result>): Promise<Result | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<undefined>(resolve => {
    timer = setTimeout(resolve, milliseconds, undefined);
  });
  return Promise.race([result, timeout]).finally(() => clearTimeout(timer));
}

/** @returns undefined when the body is too large */
async function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
  if (Number(request.headers['content-length'] ?? 0) > BODY_LIMIT) return undefined;
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    // Read on without keeping it: a client that is cut off while it sends never sees the answer.
    if (size <= BODY_LIMIT) chunks.push(chunk);
    else chunks.length = 0;
  }
  return size > BODY_LIMIT ? undefined : Buffer.concat(chunks);
}
