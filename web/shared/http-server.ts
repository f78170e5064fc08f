import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { healthPath } from '../../contracts/application-server.ts';
import { errorFrom } from './failures.ts';
import { HttpError } from './http-error.ts';
import type { Log } from './log.ts';

/** A request with JSON in it. */
export interface JsonRequest {
  readonly content: unknown;
  /** Aborted when the client has hung up: nobody waits for the answer. */
  readonly signal: AbortSignal;
}

export interface JsonAnswer {
  readonly status: number;
  readonly content: object;
  readonly headers?: Readonly<Record<string, string>>;
}

/** @throws HttpError for whatever is answered with an error. */
export type JsonHandler = (request: JsonRequest) => Promise<JsonAnswer>;

export interface HttpServerOptions {
  /** Handlers of what is posted, by path. */
  readonly posts: Readonly<Record<string, JsonHandler>>;
  readonly maxBodyBytes: number;
  /** Why the server should get no requests; undefined while it should. */
  readonly unfit: () => string | undefined;
  readonly log: Log;
}

/**
 * How long an idle connection is kept, in milliseconds: longer than the load balancer's idle timeout of a
 * minute, which would otherwise send a request down a connection that is just being closed.
 *
 * @see https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-load-balancer-attributes.html
 */
const keepAliveMs = 65_000;

const jsonMediaType = /^application\/(?:[\w.+-]+\+)?json\s*(?:;|$)/i;

/** An HTTP server that takes and gives JSON, and tells whether it is well. */
export class HttpServer {
  readonly #options: HttpServerOptions;
  readonly #server: Server;
  #inHand = 0;
  #stopping = false;

  constructor(options: HttpServerOptions) {
    this.#options = options;
    this.#server = createServer({ keepAliveTimeout: keepAliveMs }, (request, response) => {
      this.#inHand += 1;
      response.once('close', () => {
        this.#inHand -= 1;
      });
      void this.#serve(request, response);
    });
  }

  /** Requests that are not answered yet. */
  get inHand(): number {
    return this.#inHand;
  }

  /**
   * @param port 0 for any that is free.
   * @returns the server's URL.
   */
  async listen(host: string, port: number): Promise<string> {
    this.#server.listen(port, host);
    await once(this.#server, 'listening');
    return `http://${host}:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Takes no further connection; resolves when all requests in hand are answered, or the time is over. */
  async stop(withinMs: number): Promise<void> {
    this.#stopping = true;
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#server.closeIdleConnections();
    const timer = setTimeout(() => this.#server.closeAllConnections(), withinMs);
    await closed;
    clearTimeout(timer);
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const answer = await this.#answer(request, response).catch((thrown: unknown) => this.#failed(thrown));
    if (response.destroyed) return;
    const body = JSON.stringify(answer.content);
    response
      .writeHead(answer.status, {
        'content-type': 'application/json',
        'cache-control': 'no-store',
        'content-length': Buffer.byteLength(body),
        // Asked for on a connection that was there before: its client learns that the server goes.
        ...(this.#stopping && { connection: 'close' }),
        ...answer.headers,
      })
      .end(body);
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<JsonAnswer> {
    const [path = ''] = (request.url ?? '').split('?');
    if (path === healthPath && request.method === 'GET') return this.#health();
    const handle = Object.hasOwn(this.#options.posts, path) ? this.#options.posts[path] : undefined;
    if (handle === undefined) throw new HttpError(404, 'not_found', `There is nothing at ${path}.`);
    if (request.method !== 'POST') {
      throw new HttpError(405, 'method_not_allowed', `${path} takes POST, not ${request.method}.`);
    }
    const content = await this.#json(request);
    const hungUp = new AbortController();
    response.once('close', () => hungUp.abort());
    return handle({ content, signal: hungUp.signal });
  }

  #health(): JsonAnswer {
    const reason = this.#stopping ? 'stopping' : this.#options.unfit();
    return reason === undefined
      ? { status: 200, content: { status: 'ok', requests_in_hand: this.#inHand - 1 } }
      : { status: 503, content: { status: reason, requests_in_hand: this.#inHand - 1 } };
  }

  async #json(request: IncomingMessage): Promise<unknown> {
    const { maxBodyBytes } = this.#options;
    const mediaType = request.headers['content-type'];
    if (mediaType !== undefined && !jsonMediaType.test(mediaType.trim())) {
      throw new HttpError(
        415,
        'unsupported_media_type',
        'The body must be JSON: send it with the content type application/json.',
      );
    }
    const body = await bodyOf(request, maxBodyBytes);
    if (body === undefined) {
      throw new HttpError(413, 'body_too_large', `At most ${maxBodyBytes} bytes are taken.`);
    }
    try {
      return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
    } catch (error) {
      throw new HttpError(400, 'malformed_json', 'The body is not JSON in UTF-8.', {
        faults: [{ field: 'body', message: body.length === 0 ? 'It is empty' : errorFrom(error).message }],
        cause: error,
      });
    }
  }

  #failed(thrown: unknown): JsonAnswer {
    if (thrown instanceof HttpError) {
      const { status, content, retryAfterSeconds } = thrown;
      return {
        status,
        content,
        ...(retryAfterSeconds !== undefined && { headers: { 'retry-after': String(retryAfterSeconds) } }),
      };
    }
    this.#options.log.error('Request failed', { error: errorFrom(thrown) });
    return {
      status: 500,
      content: { error: 'internal_error', message: 'Something went wrong here. It is safe to ask again.' },
    };
  }
}

/** @returns undefined when the body is too large. */
async function bodyOf(request: IncomingMessage, maxBytes: number): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    // Read on without keeping it: a client that is cut off while it sends never sees the answer.
    if (size <= maxBytes) chunks.push(chunk);
    else chunks.length = 0;
  }
  return size > maxBytes ? undefined : Buffer.concat(chunks);
}
