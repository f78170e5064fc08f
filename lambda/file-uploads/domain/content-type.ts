/** How many of an object's first bytes are needed to tell what it is. */
export const headLength = 512;

/** Bytes that a format begins with, at an offset. */
interface Signature {
  readonly type: string;
  readonly bytes: readonly number[];
  readonly offset?: number;
}

const ascii = (text: string): number[] => [...text].map(letter => letter.charCodeAt(0));

/** Formats whose first bytes are their own; the first that fits is it. */
const signatures: readonly Signature[] = [
  { type: 'image/png', bytes: [0x89, ...ascii('PNG\r\n'), 0x1a, 0x0a] },
  { type: 'image/jpeg', bytes: [0xff, 0xd8, 0xff] },
  { type: 'image/gif', bytes: ascii('GIF8') },
  { type: 'image/webp', bytes: ascii('WEBP'), offset: 8 },
  { type: 'application/pdf', bytes: ascii('%PDF-') },
  { type: 'application/zip', bytes: [...ascii('PK'), 0x03, 0x04] },
  { type: 'application/gzip', bytes: [0x1f, 0x8b] },
  { type: 'video/mp4', bytes: ascii('ftyp'), offset: 4 },
];

/**
 * What an object is, by its first bytes: one of some known formats, text in UTF-8, or just bytes.
 *
 * @param head the first {@link headLength} bytes, or all of them where there are fewer.
 */
export function detectType(head: Uint8Array): string {
  const known = signatures.find(({ bytes, offset = 0 }) =>
    bytes.every((byte, index) => head[offset + index] === byte),
  );
  if (known) return known.type;
  return isText(head) ? 'text/plain' : 'application/octet-stream';
}

function isText(head: Uint8Array): boolean {
  if (head.length === 0) return false;
  try {
    // Streaming: the head may end within a character, which is no fault.
    const text = new TextDecoder('utf-8', { fatal: true }).decode(head, {
      stream: head.length === headLength,
    });
    return !/\p{Cc}/u.test(text.replaceAll(/\s/g, ''));
  } catch {
    return false;
  }
}
