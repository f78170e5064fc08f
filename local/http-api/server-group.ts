import { request as httpRequest, type IncomingMessage } from 'node:http';
import { gatewayAnswer, type HttpApiResponse } from './http-api-response.ts';

/** Servers that requests are passed on to, one after the other. */
export interface ServerGroup {
  /** URL of the server whose turn it is; undefined where none is up. */
  next(): string | undefined;
}

/** A response, and why it is not the server's. */
export interface ForwardedAnswer {
  readonly response: HttpApiResponse;
  readonly fault?: string;
}

/** Headers that are about one connection, not about the request or the response. */
const ofTheConnection = new Set(['connection', 'keep-alive', 'transfer-encoding', 'content-length', 'host']);

/**
 * Passes a request on as it is, and brings back what the server answers: 503 where no server is up, 502
 * where it hangs up in the middle.
 *
 * @param path below the server's URL, with the query.
 */
export function forward(
  { method = 'GET', headers }: Pick<IncomingMessage, 'method' | 'headers'>,
  path: string,
  body: Buffer,
  servers: ServerGroup,
): Promise<ForwardedAnswer> {
  const server = servers.next();
  if (server === undefined) {
    return Promise.resolve({ response: gatewayAnswer(503), fault: 'no server is up' });
  }
  return new Promise(resolve => {
    const hungUp = (error: Error) =>
      resolve({ response: gatewayAnswer(502), fault: `${server} hung up: ${error.message}` });
    const passedOn = httpRequest(
      new URL(path, server),
      // A connection of its own: one that was kept may be just being closed.
      { method, agent: false, headers: { ...without(headers), 'content-length': body.length } },
      async response => {
        const chunks: Buffer[] = [];
        try {
          for await (const chunk of response) chunks.push(chunk as Buffer);
        } catch (error) {
          hungUp(error as Error);
          return;
        }
        resolve({
          response: {
            statusCode: response.statusCode ?? 502,
            headers: without(response.headers),
            body: Buffer.concat(chunks),
          },
        });
      },
    );
    passedOn.once('error', hungUp);
    passedOn.end(body);
  });
}

function without(headers: IncomingMessage['headers']): Record<string, string | string[]> {
  return Object.fromEntries(
    Object.entries(headers).filter(
      (header): header is [string, string | string[]] =>
        header[1] !== undefined && !ofTheConnection.has(header[0]),
    ),
  );
}
