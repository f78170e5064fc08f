import { createHash } from 'node:crypto';
import type { UploadDescription } from '../../contracts/uploads.ts';
import { PermanentFailure } from '../shared/failures.ts';
import { detectType, headLength } from './domain/content-type.ts';
import type { OpenedObject } from './uploaded-objects.ts';

/** An upload's content is not what its uploader says that it is: it came to harm on its way. */
export class DamagedUploadError extends PermanentFailure {
  override readonly name = 'DamagedUploadError';
}

const shownBytes = 16;

/**
 * Reads an object from its first to its last byte, and never holds more of it than the piece in hand.
 *
 * @throws DamagedUploadError when the content does not have the digest that the uploader stated.
 */
export async function describe(object: OpenedObject): Promise<UploadDescription> {
  const hash = createHash('sha256');
  const head: Uint8Array[] = [];
  let size = 0;
  for await (const piece of object.content) {
    if (size < headLength) head.push(piece.subarray(0, headLength - size));
    size += piece.length;
    hash.update(piece);
  }
  const digest = hash.digest('hex');
  const stated = object.statedDigest?.toLowerCase();
  if (stated !== undefined && stated !== digest) {
    throw new DamagedUploadError(
      `The content has the SHA-256 ${digest}, and its uploader states ${stated}. Upload it again; then redrive, ` +
        'and this message finds nothing left to do.',
    );
  }
  const firstBytes = Buffer.concat(head);
  return {
    size,
    sha256: digest,
    declared_type: object.declaredType,
    detected_type: detectType(firstBytes),
    first_bytes: firstBytes.subarray(0, shownBytes).toString('hex'),
    uploaded_at: object.uploadedAt,
  };
}
