import { createHash } from 'node:crypto';

/**
 * What a reader is called in keys, logs and tags of mails, where the address should not stand. The part before
 * the @ is taken as it is written, in small letters: mail providers do not tell `Jane@` from `jane@`.
 */
export function readerIdOf(address: string): string {
  return createHash('sha256').update(address.trim().toLowerCase()).digest('hex').slice(0, 32);
}
