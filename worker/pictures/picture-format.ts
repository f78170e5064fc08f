/** Pictures that are read, by what their first bytes say; names and content types are not believed. */
export type PictureFormat = 'gif' | 'jpeg' | 'png' | 'webp';

const signatures: readonly (readonly [PictureFormat, number, string])[] = [
  ['jpeg', 0, '\xff\xd8\xff'],
  ['png', 0, '\x89PNG\r\n\x1a\n'],
  ['gif', 0, 'GIF87a'],
  ['gif', 0, 'GIF89a'],
  ['webp', 8, 'WEBP'],
];

/** Bytes that are needed to tell a format. */
export const signatureBytes = 12;

/** The format of a picture that begins so; undefined where it is none of those that are read. */
export function pictureFormat(beginning: Uint8Array): PictureFormat | undefined {
  const text = String.fromCharCode(...beginning.subarray(0, signatureBytes));
  const found = signatures.find(([, at, signature]) => text.startsWith(signature, at));
  return found?.[0] === 'webp' && !text.startsWith('RIFF') ? undefined : found?.[0];
}
