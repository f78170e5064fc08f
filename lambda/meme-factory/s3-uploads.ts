import { HeadObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import type { StoredObject } from '../../contracts/stored-objects.ts';
import { reach } from '../shared/dependency.ts';
import { errorFrom } from '../shared/failures.ts';
import type { Uploads } from './meme-ordering.ts';

/** How S3 says that there is no such object or version. */
const gone = new Set(['MethodNotAllowed', 'NoSuchKey', 'NoSuchVersion', 'NotFound']);

/** Uploads on S3. */
export class S3Uploads implements Uploads {
  readonly #s3: Pick<S3Client, 'send'>;

  constructor(s3: Pick<S3Client, 'send'>) {
    this.#s3 = s3;
  }

  async metadataOf({ bucket, key, version_id }: StoredObject): Promise<Record<string, string> | undefined> {
    try {
      const { Metadata: metadata = {} } = await reach(
        'S3',
        this.#s3.send(new HeadObjectCommand({ Bucket: bucket, Key: key, VersionId: version_id })),
      );
      return metadata;
    } catch (thrown) {
      if (gone.has(errorFrom(thrown).name)) return undefined;
      throw thrown;
    }
  }
}
