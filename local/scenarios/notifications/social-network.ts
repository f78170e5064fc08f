import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { text } from 'node:stream/consumers';
import { PutSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { SocialAccount } from '../../../contracts/notifications.ts';
import { listenOn } from '../../http-api/local-listener.ts';
import type { RunningSystem } from '../scenario.ts';

/** A social network on this machine, which can be told to fail. */
export class LocalSocialNetwork {
  /** The text of each post by its idempotency key, under which it is shared once. */
  readonly shared = new Map<string, string>();
  /** Requests, whatever came of them. */
  requests = 0;
  /** Whether it answers 503 to everything. */
  isDown = false;
  readonly url: string;
  #token = 'first-token';
  readonly #server: Server;
  readonly #system: RunningSystem;

  static async open(system: RunningSystem): Promise<LocalSocialNetwork> {
    const server = createServer();
    const url = `${await listenOn(server, 'social network', 0)}/posts`;
    const network = new LocalSocialNetwork(system, server, url);
    await network.giveToken('first-token');
    return network;
  }

  private constructor(system: RunningSystem, server: Server, url: string) {
    this.#system = system;
    this.#server = server;
    this.url = url;
    server.on('request', async (request: IncomingMessage, response) => {
      const body = JSON.parse(await text(request)) as { text: string };
      const { status, content } = this.#answer(request, body.text);
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(JSON.stringify(content));
    });
  }

  /** Takes this token and no other from now on; the account's owner puts it into the secret. */
  async giveToken(token: string): Promise<void> {
    this.#token = token;
    await this.#putIntoSecret({ url: this.url, token });
  }

  async close(): Promise<void> {
    this.#server.close();
    this.#server.closeAllConnections();
    await once(this.#server, 'close');
  }

  #answer(request: IncomingMessage, post: string): { status: number; content: object } {
    this.requests += 1;
    if (this.isDown) return { status: 503, content: { error: 'down' } };
    if (request.headers.authorization !== `Bearer ${this.#token}`) {
      return { status: 401, content: { error: 'unknown token' } };
    }
    const key = String(request.headers['idempotency-key']);
    const isNew = !this.shared.has(key);
    this.shared.set(key, post);
    return { status: isNew ? 201 : 200, content: { id: `share-${key}` } };
  }

  async #putIntoSecret(account: SocialAccount): Promise<void> {
    const secrets = new SecretsManagerClient({
      endpoint: this.#system.endpoint,
      region: 'us-east-1',
      credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    });
    try {
      await secrets.send(
        new PutSecretValueCommand({
          SecretId: this.#system.output('SocialSecretArn'),
          SecretString: JSON.stringify(account),
        }),
      );
    } finally {
      secrets.destroy();
    }
  }
}
