import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A payment gateway that takes every charge, and keeps what it was sent. */
export class CardGateway {
  readonly #server: Server;
  readonly #charges: Readonly<Record<string, unknown>>[] = [];

  constructor() {
    this.#server = createServer(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      this.#charges.push(JSON.parse(Buffer.concat(chunks).toString()) as Record<string, unknown>);
      response
        .writeHead(201, { 'content-type': 'application/json' })
        .end(JSON.stringify({ charge_id: `card-charge-${this.#charges.length}` }));
    });
  }

  /** @returns where it listens, for PAYMENT_GATEWAY_URL. */
  async start(): Promise<string> {
    await once(this.#server.listen(0, '127.0.0.1'), 'listening');
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Tokens of the cards that were charged. */
  get cardTokens(): readonly unknown[] {
    return this.#charges.map(({ card_token }) => card_token);
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }
}
