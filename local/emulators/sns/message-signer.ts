import { generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import { selfSignedCertificate } from './self-signed-certificate.ts';

/** What is signed of each type of message, in this order; those that are not there are left out. */
const SIGNED_OF_NOTIFICATIONS = ['Message', 'MessageId', 'Subject', 'Timestamp', 'TopicArn', 'Type'];
const SIGNED_OF_CONFIRMATIONS = [
  'Message',
  'MessageId',
  'SubscribeURL',
  'Timestamp',
  'Token',
  'TopicArn',
  'Type',
];

/** Hash by the signature version of the topic. */
const HASHES: Readonly<Record<string, string>> = { '1': 'sha1', '2': 'sha256' };

const DAY_MS = 86_400_000;

/** Who signs in most regions. */
const COMMON_NAME = 'sns.amazonaws.com';

/**
 * Signs messages to HTTP(S) endpoints as SNS does, with a key of its own that lasts as long as this process.
 *
 * @see https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message.html
 */
export class MessageSigner {
  /** Where the endpoint serves the certificate. */
  readonly certificatePath = `/SimpleNotificationService-${randomBytes(16).toString('hex')}.pem`;
  #identity: { readonly privateKey: KeyObject; readonly certificate: string } | undefined;

  /** The certificate that goes with the signatures, in PEM. */
  get certificate(): string {
    return this.#own.certificate;
  }

  /** The signature of an envelope, in base64. */
  signatureOf(envelope: Readonly<Record<string, unknown>>, version: string): string {
    const names = envelope.Type === 'Notification' ? SIGNED_OF_NOTIFICATIONS : SIGNED_OF_CONFIRMATIONS;
    const text = names
      .filter(name => envelope[name] !== undefined)
      .map(name => `${name}\n${String(envelope[name])}\n`)
      .join('');
    return sign(HASHES[version] ?? 'sha1', Buffer.from(text), this.#own.privateKey).toString('base64');
  }

  /** Made when it is first needed: making a key takes a while. */
  get #own() {
    if (this.#identity === undefined) {
      const keys = generateKeyPairSync('rsa', { modulusLength: 2_048 });
      const now = Date.now();
      const certificate = selfSignedCertificate({
        ...keys,
        commonName: COMMON_NAME,
        validFrom: new Date(now - DAY_MS),
        validTo: new Date(now + 365 * DAY_MS),
      });
      this.#identity = { privateKey: keys.privateKey, certificate };
    }
    return this.#identity;
  }
}
