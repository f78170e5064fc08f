import { addAbortSignal, type Readable } from 'node:stream';
import { GetObjectCommand, HeadObjectCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { statedDigest, type UploadResult } from '../../contracts/uploads.ts';
import { dependencyFailure, reach } from '../shared/dependency.ts';
import { ConflictError, errorFrom, OutOfTimeError } from '../shared/failures.ts';
import type { Results } from './upload-processing.ts';
import type { OpenedObject, UploadedObjects } from './uploaded-objects.ts';

export interface S3UploadsOptions {
  readonly s3: Pick<S3Client, 'send'>;
  readonly bucket: string;
}

/**
 * Errors that say that there is no such object, or no such version; a delete marker cannot be got at all.
 * Without leave to list the bucket, S3 says AccessDenied instead.
 */
const gone = new Set(['MethodNotAllowed', 'NoSuchKey', 'NoSuchVersion', 'NotFound']);

/** Uploads in a bucket of S3, and the results that are written beside them. */
export class S3Uploads implements UploadedObjects, Results {
  readonly #s3: Pick<S3Client, 'send'>;
  readonly #bucket: string;

  constructor({ s3, bucket }: S3UploadsOptions) {
    this.#s3 = s3;
    this.#bucket = bucket;
  }

  async latestVersion(key: string): Promise<string | undefined> {
    const answer = await unlessGone(this.#s3.send(new HeadObjectCommand({ Bucket: this.#bucket, Key: key })));
    return answer?.VersionId;
  }

  async open(key: string, versionId: string, withinMs: number): Promise<OpenedObject | undefined> {
    const timeIsUp = AbortSignal.timeout(Math.max(withinMs, 0));
    const answer = await unlessGone(
      this.#s3.send(new GetObjectCommand({ Bucket: this.#bucket, Key: key, VersionId: versionId })),
    );
    if (answer === undefined) return undefined;
    const { ContentLength: size = 0, ContentType: declaredType, LastModified: uploadedAt, Metadata } = answer;
    const body = addAbortSignal(timeIsUp, answer.Body as Readable);
    return {
      size,
      declaredType: declaredType ?? 'application/octet-stream',
      uploadedAt: (uploadedAt ?? new Date(0)).toISOString(),
      statedDigest: Metadata?.[statedDigest],
      content: piecesOf(body, timeIsUp, withinMs),
      discard: () => body.destroy(),
    };
  }

  async write(key: string, result: UploadResult): Promise<void> {
    try {
      await reach(
        'S3',
        this.#s3.send(
          new PutObjectCommand({
            Bucket: this.#bucket,
            Key: key,
            Body: JSON.stringify(result),
            ContentType: 'application/json',
            IfNoneMatch: '*',
          }),
        ),
      );
    } catch (thrown) {
      const { name } = errorFrom(thrown);
      if (name === 'ConditionalRequestConflict') {
        throw new ConflictError(
          `The result ${key} is being written by another delivery. It is safe to try again.`,
          {
            cause: thrown,
          },
        );
      }
      // It was written by a delivery that did not live to record it.
      if (name !== 'PreconditionFailed') throw thrown;
    }
  }
}

async function unlessGone<Answer>(call: Promise<Answer>): Promise<Answer | undefined> {
  try {
    return await reach('S3', call);
  } catch (thrown) {
    if (gone.has(errorFrom(thrown).name)) return undefined;
    throw thrown;
  }
}

/** @throws OutOfTimeError, DependencyDownError when the rest of the content does not arrive. */
async function* piecesOf(
  body: Readable,
  timeIsUp: AbortSignal,
  withinMs: number,
): AsyncGenerator<Uint8Array> {
  try {
    for await (const piece of body) yield piece as Uint8Array;
  } catch (thrown) {
    if (timeIsUp.aborted) {
      throw new OutOfTimeError(
        `The object could not be read within ${withinMs} ms. The message comes back. If it stays so, raise the ` +
          'timeout of the function, or lower MAX_OBJECT_BYTES.',
        { cause: thrown },
      );
    }
    throw dependencyFailure('S3', thrown);
  }
}
