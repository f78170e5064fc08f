import { createVerify, X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A message as the subscriber got it. */
export interface Posted {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** An HTTP endpoint that keeps what is posted to it, and answers as it is told. */
export class HttpSubscriber {
  readonly posted: Posted[] = [];
  /** Statuses of the next answers; then 200. */
  readonly statuses: number[] = [];
  readonly #server: Server;

  static async start(): Promise<HttpSubscriber> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new HttpSubscriber(server);
  }

  private constructor(server: Server) {
    this.#server = server;
    server.on('request', async (request, response) => {
      let body = '';
      for await (const chunk of request) body += String(chunk);
      this.posted.push({ headers: request.headers, body });
      response.writeHead(this.statuses.shift() ?? 200).end();
    });
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/crm`;
  }

  /** What came of a type, parsed. */
  ofType(type: string): readonly Record<string, string>[] {
    return this.posted
      .filter(({ headers }) => headers['x-amz-sns-message-type'] === type)
      .map(({ body }) => JSON.parse(body) as Record<string, string>);
  }

  async stop(): Promise<void> {
    this.#server.close();
    this.#server.closeAllConnections();
    await once(this.#server, 'close');
  }
}

/** Whether an envelope is signed by whom its certificate names, over these members. */
export async function isSigned(
  message: Readonly<Record<string, string>>,
  members: readonly string[],
): Promise<boolean> {
  const answer = await fetch(message.SigningCertURL ?? '');
  const { publicKey } = new X509Certificate(await answer.text());
  const verifier = createVerify(message.SignatureVersion === '2' ? 'sha256' : 'sha1');
  for (const name of members) verifier.update(`${name}\n${message[name]}\n`);
  return verifier.verify(publicKey, message.Signature ?? '', 'base64');
}
