import { incomingPrefix } from '../../../contracts/uploads.ts';

export interface UploadedFile {
  readonly key: string;
  readonly content: Buffer;
  /** What the uploader says that it is. */
  readonly contentType: string;
  /** What its first bytes say that it is. */
  readonly detectedType: string;
}

/** Names that go wrong where somebody forgets that S3 encodes them. */
const names = [
  'letter.txt',
  'red flower.png',
  'Übergrößen & Maße.pdf',
  '1+1=2.csv',
  '100% (final).zip',
  'emoji 📦.bin',
  'folder/sub folder/ä ö ü ß.txt',
  'plus+and space.json',
];

const png = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

/** So many different files, each with a name that is hard on somebody. */
export function files(count: number): UploadedFile[] {
  return Array.from({ length: count }, (_, index) => {
    const name = names[index % names.length] ?? '';
    const round = Math.floor(index / names.length);
    return file(round === 0 ? name : `${round}/${name}`, `file ${index}\n`);
  });
}

export function file(name: string, text: string): UploadedFile {
  const isPicture = name.endsWith('.png');
  const words = Buffer.from(text);
  return {
    key: `${incomingPrefix}${name}`,
    content: isPicture ? Buffer.concat([png, words]) : words,
    contentType: isPicture ? 'image/png' : 'text/plain',
    detectedType: isPicture ? 'image/png' : 'text/plain',
  };
}

/** A file of a size, of bytes that are no text. */
export function largeFile(name: string, bytes: number): UploadedFile {
  return {
    key: `${incomingPrefix}${name}`,
    content: Buffer.alloc(bytes, Buffer.from([0, 1, 2, 3, 5, 8, 13])),
    contentType: 'application/octet-stream',
    detectedType: 'application/octet-stream',
  };
}
