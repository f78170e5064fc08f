import { type KeyObject, X509Certificate } from 'node:crypto';
import { DependencyDownError, errorFrom } from './failures.ts';

/** A message does not come from whom it says, or not now: it is never to be taken. */
export class UntrustedMessageError extends Error {
  override readonly name = 'UntrustedMessageError';
}

export interface SigningCertificatesOptions {
  /** The one origin that certificates are fetched from, `https://sns.eu-west-1.amazonaws.com`. */
  readonly origin: string;
  /**
   * How long to wait for a certificate.
   *
   * @default 3000
   */
  readonly timeoutMs?: number;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
}

interface Certificate {
  readonly publicKey: KeyObject;
  readonly validFrom: number;
  readonly validTo: number;
}

const certificatePath = /^\/SimpleNotificationService-[0-9a-f]{32}\.pem$/;

/**
 * Who signs, by partition and kind of region: `sns.amazonaws.com`, `sns-signing.ap-east-1.amazonaws.com`,
 * `sns-cn-north-1.amazonaws.com.cn`.
 */
const commonName = /^CN=sns(?:-signing)?(?:[.-][a-z0-9-]+)?\.amazonaws\.com(?:\.cn)?$/m;

/** SNS has one certificate a region at a time, and another before it ends. */
const mostKept = 8;
const largestBytes = 16_384;

/**
 * The certificates that SNS signs messages with, each fetched once.
 *
 * That one is SNS's follows from where it comes from: over HTTPS, from SNS's own host. SNS serves it without the
 * certificates between it and a root, so that there is no chain to follow but that of the connection.
 *
 * @see https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message.html
 */
export class SigningCertificates {
  readonly #origin: string;
  readonly #timeoutMs: number;
  readonly #now: () => number;
  readonly #fetched = new Map<string, Promise<Certificate>>();

  constructor({ origin, timeoutMs = 3_000, now = Date.now }: SigningCertificatesOptions) {
    this.#origin = new URL(origin).origin;
    this.#timeoutMs = timeoutMs;
    this.#now = now;
  }

  /**
   * The key of the certificate at a URL that a message named.
   *
   * @throws UntrustedMessageError when it is not SNS's, or not valid now.
   * @throws DependencyDownError when it cannot be fetched.
   */
  async publicKey(url: string): Promise<KeyObject> {
    const { origin, pathname, search, hash, username, password } = new URL(url);
    if (origin !== this.#origin || !certificatePath.test(pathname) || search + hash + username + password) {
      throw new UntrustedMessageError(
        `The signing certificate is at ${url.slice(0, 200)}; trusted are those of ${this.#origin} alone.`,
      );
    }
    const { publicKey, validFrom, validTo } = await this.#certificate(`${origin}${pathname}`);
    const now = this.#now();
    if (now < validFrom || now > validTo) {
      throw new UntrustedMessageError(
        `The signing certificate is valid from ${new Date(validFrom).toISOString()} to ${new Date(validTo).toISOString()}.`,
      );
    }
    return publicKey;
  }

  #certificate(url: string): Promise<Certificate> {
    const known = this.#fetched.get(url);
    if (known !== undefined) return known;
    const fetched = this.#fetch(url);
    this.#fetched.set(url, fetched);
    const [oldest] = this.#fetched.keys();
    if (this.#fetched.size > mostKept && oldest !== undefined) this.#fetched.delete(oldest);
    // What could not be fetched may be there the next time.
    fetched.catch(() => this.#fetched.delete(url));
    return fetched;
  }

  async #fetch(url: string): Promise<Certificate> {
    const pem = await this.#read(url);
    let certificate: X509Certificate;
    try {
      certificate = new X509Certificate(pem);
    } catch (error) {
      throw new UntrustedMessageError(`What is at ${url} is no certificate.`, { cause: error });
    }
    if (!commonName.test(certificate.subject)) {
      throw new UntrustedMessageError(
        `The certificate at ${url} is of ${certificate.subject.replaceAll('\n', ', ')}, and not of SNS.`,
      );
    }
    return {
      publicKey: certificate.publicKey,
      validFrom: certificate.validFromDate.getTime(),
      validTo: certificate.validToDate.getTime(),
    };
  }

  async #read(url: string): Promise<string> {
    try {
      const answer = await fetch(url, { redirect: 'error', signal: AbortSignal.timeout(this.#timeoutMs) });
      const pem = await answer.text();
      if (!answer.ok) throw new Error(`HTTP status ${answer.status}`);
      if (pem.length > largestBytes) throw new Error(`${pem.length} bytes are no certificate`);
      return pem;
    } catch (thrown) {
      const error = errorFrom(thrown);
      throw new DependencyDownError(
        `The signing certificate ${url} could not be fetched: ${error.message}. It is safe to try again.`,
        { cause: error },
      );
    }
  }
}
