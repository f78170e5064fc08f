import type { Readable } from 'node:stream';
import {
  GetObjectCommand,
  type GetObjectCommandOutput,
  HeadObjectCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import type { StoredObject } from '../../contracts/stored-objects.ts';
import { jobClientSettings, reach } from '../aws/dependency.ts';
import {
  type NewObject,
  ObjectGoneError,
  type ObjectReader,
  ObjectTooLargeError,
  type ResultStore,
} from './object-store.ts';

const goneNames = new Set(['NoSuchKey', 'NoSuchVersion', 'NotFound', 'MethodNotAllowed']);

/** S3 client of a job: region, credentials and endpoint come from the environment. */
export function s3Client(): S3Client {
  return new S3Client(jobClientSettings);
}

/** Objects in any bucket on S3. */
export class S3ObjectReader implements ObjectReader {
  readonly #s3: S3Client;

  constructor(s3: S3Client) {
    this.#s3 = s3;
  }

  async sizeOf(object: StoredObject): Promise<number> {
    const command = new HeadObjectCommand(addressOf(object));
    const { ContentLength: length = 0 } = await unlessGone(object, this.#s3.send(command));
    return length;
  }

  async read(object: StoredObject, atMost: number): Promise<Uint8Array> {
    const { ContentLength: length = 0, Body: body } = await this.#get(object);
    if (length > atMost) {
      (body as Readable | undefined)?.destroy();
      throw new ObjectTooLargeError(
        `${nameOf(object)} has ${length.toLocaleString('en')} bytes; at most ${atMost.toLocaleString('en')} are read.`,
      );
    }
    return bytesOf(body);
  }

  async readRange(object: StoredObject, start: number, length: number): Promise<Uint8Array> {
    try {
      const { Body: body } = await this.#get(object, `bytes=${start}-${start + length - 1}`);
      return await bytesOf(body);
    } catch (error) {
      // How S3 says that the object has no byte there.
      if ((error as Error).name === 'InvalidRange') return new Uint8Array();
      throw error;
    }
  }

  async #get(object: StoredObject, range?: string): Promise<GetObjectCommandOutput> {
    const command = new GetObjectCommand({
      ...addressOf(object),
      ...(range !== undefined && { Range: range }),
    });
    return unlessGone(object, this.#s3.send(command));
  }
}

/** One bucket on S3 that results are written to. */
export class S3ResultStore implements ResultStore {
  readonly #s3: S3Client;
  readonly bucket: string;

  constructor(s3: S3Client, bucket: string) {
    this.#s3 = s3;
    this.bucket = bucket;
  }

  /** @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html */
  async create({ key, body, contentType }: NewObject): Promise<boolean> {
    try {
      await reach(
        'S3',
        this.#s3.send(
          new PutObjectCommand({
            Bucket: this.bucket,
            Key: key,
            Body: body,
            ContentType: contentType,
            IfNoneMatch: '*',
          }),
        ),
      );
      return true;
    } catch (error) {
      if ((error as Error).name === 'PreconditionFailed') return false;
      throw error;
    }
  }

  async has(key: string): Promise<boolean> {
    try {
      await reach('S3', this.#s3.send(new HeadObjectCommand({ Bucket: this.bucket, Key: key })));
      return true;
    } catch (error) {
      if (goneNames.has((error as Error).name)) return false;
      throw error;
    }
  }
}

function addressOf({ bucket, key, version_id }: StoredObject) {
  return { Bucket: bucket, Key: key, ...(version_id !== undefined && { VersionId: version_id }) };
}

/** @throws ObjectGoneError when that is what S3 says; DependencyDownError */
async function unlessGone<Answer>(object: StoredObject, call: Promise<Answer>): Promise<Answer> {
  try {
    return await reach('S3', call);
  } catch (error) {
    if (!goneNames.has((error as Error).name)) throw error;
    throw new ObjectGoneError(`${nameOf(object)} is not there any more.`, { cause: error });
  }
}

async function bytesOf(body: GetObjectCommandOutput['Body']): Promise<Uint8Array> {
  return body === undefined ? new Uint8Array() : reach('S3', body.transformToByteArray());
}

function nameOf({ bucket, key, version_id }: StoredObject): string {
  return `s3://${bucket}/${key}${version_id === undefined ? '' : ` (version ${version_id})`}`;
}
