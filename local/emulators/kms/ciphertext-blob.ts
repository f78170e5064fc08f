import { createCipheriv, createDecipheriv, type KeyObject, randomBytes } from 'node:crypto';

/** Pairs that an encrypted text is bound to: it opens with the same ones alone. */
export type EncryptionContext = Readonly<Record<string, string>>;

const ALGORITHM = 'aes-256-gcm';
const FORMAT = 1;
const IV_BYTES = 12;
const TAG_BYTES = 16;

/** What KMS gives back for a text: it names the key that opens it, as KMS's own blobs do. */
export interface CiphertextBlob {
  readonly keyArn: string;
  readonly iv: Buffer;
  readonly tag: Buffer;
  readonly ciphertext: Buffer;
}

export function seal(
  plaintext: Buffer,
  keyArn: string,
  material: KeyObject,
  context: EncryptionContext,
): Buffer {
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv(ALGORITHM, material, iv).setAAD(authenticated(keyArn, context));
  const ciphertext = Buffer.concat([cipher.update(plaintext), cipher.final()]);
  const arn = Buffer.from(keyArn);
  return Buffer.concat([Buffer.from([FORMAT, arn.length]), arn, iv, cipher.getAuthTag(), ciphertext]);
}

/** @returns undefined for what is no blob. */
export function readBlob(bytes: Buffer): CiphertextBlob | undefined {
  const arnEnd = 2 + (bytes[1] ?? 0);
  const ivEnd = arnEnd + IV_BYTES;
  const tagEnd = ivEnd + TAG_BYTES;
  if (bytes[0] !== FORMAT || bytes.length < tagEnd) {
    return undefined;
  }
  return {
    keyArn: bytes.toString('utf8', 2, arnEnd),
    iv: bytes.subarray(arnEnd, ivEnd),
    tag: bytes.subarray(ivEnd, tagEnd),
    ciphertext: bytes.subarray(tagEnd),
  };
}

/** @returns undefined where the blob was altered, or sealed in another context. */
export function open(
  { keyArn, iv, tag, ciphertext }: CiphertextBlob,
  material: KeyObject,
  context: EncryptionContext,
): Buffer | undefined {
  const decipher = createDecipheriv(ALGORITHM, material, iv)
    .setAAD(authenticated(keyArn, context))
    .setAuthTag(tag);
  try {
    return Buffer.concat([decipher.update(ciphertext), decipher.final()]);
  } catch {
    return undefined;
  }
}

/** The order of the pairs does not matter. */
function authenticated(keyArn: string, context: EncryptionContext): Buffer {
  const pairs = Object.entries(context).sort(([a], [b]) => (a < b ? -1 : 1));
  return Buffer.from(JSON.stringify([keyArn, pairs]));
}
