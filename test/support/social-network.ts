import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** What the network answers: a status, what goes with it, or never. */
export interface NetworkAnswer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Whether there is no answer at all. */
  readonly isSilent?: boolean;
}

/** A social network on a port of its own, which answers as it is told. */
export class SocialNetworkServer {
  readonly requests: { readonly headers: IncomingHttpHeaders; readonly body: unknown }[] = [];
  /** What the next requests are answered; 201 once there are no more. */
  readonly answers: NetworkAnswer[] = [];
  readonly url: string;
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/posts`;
    server.on('request', async (request, response) => {
      const body = JSON.parse(await text(request)) as unknown;
      this.requests.push({ headers: request.headers, body });
      const {
        status = 201,
        headers,
        body: content = '{"id":"share-1"}',
        isSilent,
      } = this.answers.shift() ?? {};
      if (isSilent) return;
      response.writeHead(status, headers).end(content);
    });
  }

  static async start(): Promise<SocialNetworkServer> {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new SocialNetworkServer(server);
  }

  async stop(): Promise<void> {
    this.#server.close();
    this.#server.closeAllConnections();
    await once(this.#server, 'close');
  }
}
