import { Readable } from 'node:stream';
import { GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { ClaimCheck, type ClaimCheckOptions } from '../../lambda/shared/claim-check.ts';

/** A bucket of S3 in memory, with the bodies that claim checks keep there. */
export class StoredPayloads {
  readonly bucket = 'payloads';
  /** Content by key. */
  readonly objects = new Map<string, string>();

  readonly s3 = { send: (command: unknown) => this.#answer(command) } as unknown as ClaimCheckOptions['s3'];

  claimCheck(options: Partial<ClaimCheckOptions> = {}): ClaimCheck {
    return new ClaimCheck({ s3: this.s3, bucket: this.bucket, ...options });
  }

  async #answer(command: unknown): Promise<object> {
    if (command instanceof PutObjectCommand) {
      this.#checkBucket(command.input.Bucket);
      this.objects.set(String(command.input.Key), String(command.input.Body));
      return {};
    }
    if (!(command instanceof GetObjectCommand)) throw new Error('This bucket is only put into and read.');
    this.#checkBucket(command.input.Bucket);
    const content = this.objects.get(String(command.input.Key));
    if (content === undefined)
      throw Object.assign(new Error('Gone'), { name: 'NoSuchKey', $fault: 'client' });
    const bytes = Buffer.from(content);
    // In pieces that part characters of several bytes.
    const pieces = Array.from({ length: Math.ceil(bytes.length / 1_023) }, (_, piece) =>
      bytes.subarray(piece * 1_023, (piece + 1) * 1_023),
    );
    return { ContentLength: bytes.length, Body: Readable.from(pieces) };
  }

  #checkBucket(bucket: string | undefined): void {
    if (bucket !== this.bucket) throw new Error(`There is no bucket ${bucket}.`);
  }
}

/** S3 when it is down. */
export const downS3 = {
  send: async () => {
    throw Object.assign(new Error('Slow down'), { name: 'SlowDown', $fault: 'server' });
  },
} as unknown as ClaimCheckOptions['s3'];
