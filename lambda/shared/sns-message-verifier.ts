import { verify } from 'node:crypto';
import type { SnsMessage } from '../../contracts/sns-messages.ts';
import { type SigningCertificates, UntrustedMessageError } from './signing-certificates.ts';

/** What is signed of each type of message, in this order; a subject that is not there is left out. */
const signedMembers: Readonly<Record<SnsMessage['Type'], readonly string[]>> = {
  Notification: ['Message', 'MessageId', 'Subject', 'Timestamp', 'TopicArn', 'Type'],
  SubscriptionConfirmation: [
    'Message',
    'MessageId',
    'SubscribeURL',
    'Timestamp',
    'Token',
    'TopicArn',
    'Type',
  ],
  UnsubscribeConfirmation: ['Message', 'MessageId', 'SubscribeURL', 'Timestamp', 'Token', 'TopicArn', 'Type'],
};

/** The only version that is taken: version 1 signs a hash for which another message can be found. */
const signatureVersion = '2';

const minute = 60_000;
/** SNS tries for an hour at the most, with the timestamp of the first try; clocks differ by some minutes. */
const oldest = 75 * minute;
const furthestAhead = 15 * minute;

export interface SnsMessageVerifierOptions {
  readonly certificates: Pick<SigningCertificates, 'publicKey'>;
  /** The one topic whose messages are taken. */
  readonly topicArn: string;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
}

/**
 * Tells messages of a topic from those that somebody made up, changed, or kept and sends again later.
 *
 * @see https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message-verify-message-signature.html
 */
export class SnsMessageVerifier {
  readonly #options: SnsMessageVerifierOptions;

  constructor(options: SnsMessageVerifierOptions) {
    this.#options = options;
  }

  /**
   * @throws UntrustedMessageError saying what is wrong with the message.
   * @throws DependencyDownError when the certificate cannot be fetched.
   */
  async verify(message: SnsMessage): Promise<void> {
    const { certificates, topicArn, now = Date.now } = this.#options;
    // What needs no certificate comes first: nothing is fetched for whoever asks.
    if (message.TopicArn !== topicArn) {
      throw new UntrustedMessageError(
        `The message is of the topic ${message.TopicArn.slice(0, 256)}; expected is ${topicArn}.`,
      );
    }
    if (message.SignatureVersion !== signatureVersion) {
      throw new UntrustedMessageError(
        `The signature is of version ${message.SignatureVersion.slice(0, 16)}; expected is ${signatureVersion}. ` +
          "Set the topic's SignatureVersion.",
      );
    }
    const age = now() - Date.parse(message.Timestamp);
    if (age > oldest || age < -furthestAhead) {
      throw new UntrustedMessageError(
        `The message is of ${message.Timestamp}, ${Math.round(age / minute)} minutes ago: it is sent again, or a clock is wrong.`,
      );
    }
    const publicKey = await certificates.publicKey(message.SigningCertURL);
    const signed = Buffer.from(textToSign(message));
    if (!verify('sha256', signed, publicKey, Buffer.from(message.Signature, 'base64'))) {
      throw new UntrustedMessageError('The signature is not of this message.');
    }
  }
}

function textToSign(message: SnsMessage): string {
  const members: Readonly<Record<string, unknown>> = message;
  return signedMembers[message.Type]
    .filter(name => members[name] !== undefined)
    .map(name => `${name}\n${String(members[name])}\n`)
    .join('');
}
