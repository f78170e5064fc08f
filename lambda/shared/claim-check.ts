import { randomUUID } from 'node:crypto';
import { addAbortSignal, type Readable } from 'node:stream';
import { GetObjectCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import * as v from 'valibot';
import { encodePointer, maxPayloadBytes, payloadPointer } from '../../contracts/claim-check.ts';
import { dependencyFailure, reach } from './dependency.ts';
import {
  BadMessageError,
  EventTooLargeError,
  errorFrom,
  ForeignPayloadError,
  PayloadGoneError,
} from './failures.ts';
import { parseJson } from './message-body.ts';

export interface ClaimCheckOptions {
  readonly s3: Pick<S3Client, 'send'>;
  /** Where bodies are stored, and the one bucket that they are read from. */
  readonly bucket: string;

  /**
   * Largest body that is stored or read. A consumer needs memory for as many as it handles at once.
   *
   * @default maxPayloadBytes
   */
  readonly maxBytes?: number;

  /**
   * How long the content of a body may take to arrive.
   *
   * @default 5000 - with three tries of the request before, well below the shortest timeout of a function here
   */
  readonly readTimeoutMs?: number;
}

/** What travels instead of a body. */
export interface Claim {
  /** The pointer, as the message's body. */
  readonly body: string;
  /** For the attribute that says that it is one. */
  readonly payloadBytes: number;
}

/** Errors that say that there is no such object; without leave to list the bucket, S3 says AccessDenied. */
const gone = new Set(['NoSuchKey', 'NotFound']);

/**
 * Keeps bodies that are too large for a message in a bucket, as Amazon's extended client libraries do.
 *
 * Nothing is deleted once it was read: a message is copied to several queues, and each consumer may read it
 * again after a failure or a redrive. The bucket's lifecycle deletes what no message can point to any more.
 */
export class ClaimCheck {
  readonly #s3: Pick<S3Client, 'send'>;
  readonly #bucket: string;
  readonly #maxBytes: number;
  readonly #readTimeoutMs: number;

  constructor({ s3, bucket, maxBytes = maxPayloadBytes, readTimeoutMs = 5_000 }: ClaimCheckOptions) {
    this.#s3 = s3;
    this.#bucket = bucket;
    this.#maxBytes = maxBytes;
    this.#readTimeoutMs = readTimeoutMs;
  }

  /**
   * Stores a body under a key of its own. If the message is not sent then, the body expires unread.
   *
   * @throws EventTooLargeError before anything is stored.
   * @throws DependencyDownError when S3 cannot be reached or cannot take the body now.
   */
  async deposit(body: string): Promise<Claim> {
    const content = Buffer.from(body);
    if (content.length > this.#maxBytes) {
      throw new EventTooLargeError(
        `The body is ${content.length} bytes; the claim check takes ${this.#maxBytes}. Store the content ` +
          'yourself, and put its place into the message.',
      );
    }
    const key = randomUUID();
    await reach(
      'S3',
      this.#s3.send(
        new PutObjectCommand({
          Bucket: this.#bucket,
          Key: key,
          Body: content,
          ContentType: 'application/json',
        }),
      ),
    );
    return { body: encodePointer({ bucket: this.#bucket, key }), payloadBytes: content.length };
  }

  /**
   * Reads the body that a pointer leads to.
   *
   * @throws BadMessageError when it is no pointer.
   * @throws ForeignPayloadError before anything is read: who may send a message decides what the consumer reads.
   * @throws PayloadGoneError when there is no such object: S3 is consistent, so it will not turn up later.
   * @throws EventTooLargeError when it is larger than there is memory for.
   * @throws DependencyDownError when S3 does not answer, or not in time.
   */
  async redeem(pointer: string): Promise<string> {
    const parsed = v.safeParse(payloadPointer, parseJson(pointer));
    if (!parsed.success) {
      throw new BadMessageError(
        'The message says that its body is in S3, and its body is no pointer to it. Compare the sender with contracts/claim-check.ts.',
      );
    }
    const { bucket, key } = parsed.output;
    if (bucket !== this.#bucket) {
      throw new ForeignPayloadError(
        `The body is in the bucket ${JSON.stringify(bucket.slice(0, 63))}; this consumer reads ${this.#bucket} and no ` +
          'other. Let the sender store bodies there.',
      );
    }
    return this.#read(key);
  }

  async #read(key: string): Promise<string> {
    const timeIsUp = AbortSignal.timeout(this.#readTimeoutMs);
    try {
      const answer = await reach(
        'S3',
        this.#s3.send(new GetObjectCommand({ Bucket: this.#bucket, Key: key })),
      );
      const content = addAbortSignal(timeIsUp, answer.Body as Readable);
      if ((answer.ContentLength ?? 0) > this.#maxBytes) {
        content.destroy();
        throw new EventTooLargeError(
          `The body ${key} is ${answer.ContentLength} bytes; this consumer takes ${this.#maxBytes}. Raise maxBytes of its ` +
            'claim check, and its memory with it.',
        );
      }
      return Buffer.concat(await content.toArray()).toString();
    } catch (thrown) {
      if (gone.has(errorFrom(thrown).name)) {
        throw new PayloadGoneError(
          `There is no body ${key} in ${this.#bucket}: it expired, or somebody deleted it. Let the sender send again.`,
          { cause: thrown },
        );
      }
      throw dependencyFailure('S3', thrown);
    }
  }
}
