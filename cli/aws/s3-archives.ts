import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import {
  GetObjectCommand,
  ListBucketsCommand,
  type _Object as ListedObject,
  paginateListObjectsV2,
} from '@aws-sdk/client-s3';
import type { ArchivedObject, Archives } from '../archive/archives.ts';
import { CommandFailure } from '../command-errors.ts';
import { textLines } from '../text-lines.ts';
import { explain, request } from './aws-faults.ts';
import { type AwsConnection, given } from './connection.ts';
import { permissions } from './permissions.ts';

/** Storage classes whose objects have to be restored before they are read. */
const frozenClasses = new Set(['GLACIER', 'DEEP_ARCHIVE']);

/** How often in a row an object is asked for again without a line more coming of it. */
const attempts = 4;

/** Archives on S3, or on whatever speaks its protocol. */
export class S3Archives implements Archives {
  readonly #aws: AwsConnection;

  constructor(aws: AwsConnection) {
    this.#aws = aws;
  }

  async buckets(prefix: string): Promise<readonly string[]> {
    const names: string[] = [];
    let token: string | undefined;
    do {
      const page = await request(
        this.#about('ListBuckets', 'the account', permissions.findArchive),
        this.#aws.s3().send(
          new ListBucketsCommand({
            Prefix: prefix,
            MaxBuckets: 1000,
            ...(token && { ContinuationToken: token }),
          }),
        ),
      );
      names.push(...(page.Buckets ?? []).map(({ Name }) => given(Name, 'the name of a bucket')));
      token = page.ContinuationToken;
    } while (token);
    return names.filter(name => name.startsWith(prefix));
  }

  async folders(bucket: string, folder: string): Promise<readonly string[]> {
    const found: string[] = [];
    for await (const { CommonPrefixes = [] } of this.#pages(bucket, folder, '/')) {
      found.push(...CommonPrefixes.map(({ Prefix }) => given(Prefix, 'the name of a folder')));
    }
    return found;
  }

  async *objects(bucket: string, folder: string): AsyncGenerator<ArchivedObject> {
    for await (const { Contents = [] } of this.#pages(bucket, folder)) yield* Contents.map(objectOf);
  }

  /**
   * A connection may be lost while nobody reads, as a slow replay does not: what was read already is then
   * passed over.
   */
  async *lines(bucket: string, key: string, from: number): AsyncGenerator<string> {
    const about = this.#about('GetObject', `${key} in ${bucket}`, permissions.readArchive);
    let next = from;
    for (let failed = 0; ; ) {
      let index = 0;
      const lines = textLines(this.#content(bucket, key));
      try {
        for (;;) {
          const { done, value } = await lines.next();
          if (done) return;
          if (index++ < next) continue;
          next = index;
          failed = 0;
          yield value;
        }
      } catch (fault) {
        if (isDamaged(fault)) {
          throw new CommandFailure(`${key} in ${bucket} is no sound gzip: ${(fault as Error).message}.`, {
            cause: fault,
          });
        }
        if (!isBroken(fault) || ++failed === attempts) throw explain(fault, about);
      } finally {
        await lines.return(undefined);
      }
    }
  }

  async *#content(bucket: string, key: string): AsyncGenerator<Uint8Array> {
    const { Body } = await this.#aws.s3().send(new GetObjectCommand({ Bucket: bucket, Key: key }));
    const body = given(Body, 'the content of the object') as Readable;
    if (!key.endsWith('.gz')) return yield* body;
    const content = createGunzip();
    body.once('error', fault => content.destroy(fault));
    try {
      yield* body.pipe(content);
    } finally {
      body.destroy();
    }
  }

  async *#pages(bucket: string, prefix: string, delimiter?: string) {
    const about = this.#about('ListObjectsV2', bucket, permissions.readArchive);
    const pages = paginateListObjectsV2(
      { client: this.#aws.s3() },
      {
        Bucket: bucket,
        Prefix: prefix,
        OptionalObjectAttributes: ['RestoreStatus'],
        ...(delimiter && { Delimiter: delimiter }),
      },
    );
    try {
      yield* pages;
    } catch (fault) {
      if ((fault as Error).name !== 'NoSuchBucket') throw explain(fault, about);
      throw new CommandFailure(
        `There is no bucket ${bucket}, or it is of another region. Say which one: --bucket <name>, --region <region>.`,
        { cause: fault },
      );
    }
  }

  #about(action: string, on: string, needed: readonly string[]) {
    return { action, on, permissions: needed, endpoint: this.#aws.endpoint('S3') };
  }
}

function objectOf({ Key, Size, LastModified, StorageClass, RestoreStatus }: ListedObject): ArchivedObject {
  const restored = RestoreStatus?.RestoreExpiryDate !== undefined;
  return {
    key: given(Key, 'the key of an object'),
    bytes: Size ?? 0,
    writtenAt: given(LastModified, 'the age of an object').getTime(),
    ...(StorageClass && frozenClasses.has(StorageClass) && !restored && { frozenIn: StorageClass }),
  };
}

function isDamaged(fault: unknown): boolean {
  return /^Z_(DATA|BUF)_ERROR$/.test((fault as { code?: string }).code ?? '');
}

/** Whether the connection is at fault, and not what was asked for. */
function isBroken(fault: unknown): boolean {
  const { code = '', name = '', message = '' } = fault as { code?: string; name?: string; message?: string };
  return (
    /^(ECONNRESET|EPIPE|ETIMEDOUT|ERR_STREAM_PREMATURE_CLOSE)$/.test(code) ||
    name === 'TimeoutError' ||
    message === 'aborted'
  );
}
