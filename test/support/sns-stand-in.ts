import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { SnsMessage } from '../../contracts/sns-messages.ts';
import { MessageSigner } from '../../local/emulators/sns/message-signer.ts';
import { selfSignedCertificate } from '../../local/emulators/sns/self-signed-certificate.ts';

export const topicArn = 'arn:aws:sns:eu-west-1:111111111111:UserEvents';

const day = 86_400_000;

/** Signs messages as SNS does, serves the certificate, and confirms subscriptions. */
export class SnsStandIn {
  /** Paths that were asked for. */
  readonly asked: string[] = [];
  /** Status of every answer. */
  status = 200;
  readonly #signer = new MessageSigner();
  readonly #files = new Map([[this.#signer.certificatePath, this.#signer.certificate]]);
  readonly #server: Server;

  static async start(): Promise<SnsStandIn> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new SnsStandIn(server);
  }

  private constructor(server: Server) {
    this.#server = server;
    server.on('request', ({ url = '' }, response) => {
      this.asked.push(url);
      response.writeHead(this.status).end(this.#files.get(url) ?? 'nothing here');
    });
  }

  get origin(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  get certificateUrl(): string {
    return this.origin + this.#signer.certificatePath;
  }

  /** Serves another certificate, or what is none, and returns its URL. */
  serve(pem: string): string {
    const path = `/SimpleNotificationService-${String(this.#files.size).padStart(32, '0')}.pem`;
    this.#files.set(path, pem);
    return this.origin + path;
  }

  /** A notification with this text, signed; what is changed is signed too. */
  notification(Message: string, overrides: Partial<SnsMessage> = {}): SnsMessage {
    return this.#signed({ ...this.#common(), Type: 'Notification', Message, ...overrides } as SnsMessage);
  }

  /** A question whether to begin or end a subscription, signed; what is changed is signed too. */
  confirmation(
    Type: 'SubscriptionConfirmation' | 'UnsubscribeConfirmation',
    overrides: Partial<SnsMessage> = {},
  ): SnsMessage {
    const query = new URLSearchParams({ Action: 'ConfirmSubscription', TopicArn: topicArn, Token: 'token' });
    return this.#signed({
      ...this.#common(),
      Type,
      Message: 'You have chosen to subscribe.',
      Token: 'token',
      SubscribeURL: `${this.origin}/?${query}`,
      ...overrides,
    } as SnsMessage);
  }

  async stop(): Promise<void> {
    this.#server.close();
    this.#server.closeAllConnections();
    await once(this.#server, 'close');
  }

  #common() {
    return {
      MessageId: 'a1b2c3d4',
      TopicArn: topicArn,
      Timestamp: new Date().toISOString(),
      SignatureVersion: '2',
      SigningCertURL: this.certificateUrl,
    };
  }

  #signed(message: SnsMessage): SnsMessage {
    return { ...message, Signature: this.#signer.signatureOf(message, message.SignatureVersion) };
  }
}

/** A certificate of somebody, valid today unless told otherwise. */
export function certificateOf(commonName: string, { endsInDays = 1 } = {}): string {
  const now = Date.now();
  return selfSignedCertificate({
    ...generateKeyPairSync('rsa', { modulusLength: 2_048 }),
    commonName,
    validFrom: new Date(now - 30 * day),
    validTo: new Date(now + endsInDays * day),
  });
}
