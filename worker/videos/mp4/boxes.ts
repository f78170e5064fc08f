import { ImpossibleJobError } from '../../failures.ts';
import type { ByteSource } from '../byte-source.ts';

/** A box of an ISO media file: a length, a type of four characters, and what it holds. */
export interface Box {
  readonly type: string;
  readonly content: DataView;
}

/** Where a box of the file's top level lies. */
export interface BoxPlace {
  readonly type: string;
  readonly contentStart: number;
  readonly contentLength: number;
}

const headerBytes = 8;
const largeHeaderBytes = 16;

/** A film has a handful of boxes before its header; each costs a request. */
const maxTopLevelBoxes = 1_000;

/**
 * Looks for a box at the top level of a file, fetching nothing but headers.
 *
 * @throws ImpossibleJobError when a box does not end within the file, or there are too many.
 */
export async function findBox(source: ByteSource, type: string): Promise<BoxPlace | undefined> {
  let start = 0;
  for (let seen = 0; start + headerBytes <= source.size; seen++) {
    if (seen === maxTopLevelBoxes) throw new ImpossibleJobError('The video is in too many pieces.');
    const header = viewOf(await source.read(start, largeHeaderBytes));
    const box = placeOf(header, start, source.size);
    if (box.type === type) return box;
    start = box.contentStart + box.contentLength;
  }
  return undefined;
}

/**
 * Boxes within a box, in their order.
 *
 * @throws ImpossibleJobError when a box does not end within the one around it.
 */
export function boxesIn(content: DataView): readonly Box[] {
  const boxes: Box[] = [];
  let start = 0;
  while (start + headerBytes <= content.byteLength) {
    const header = part(content, start, Math.min(largeHeaderBytes, content.byteLength - start));
    const { type, contentStart, contentLength } = placeOf(header, start, content.byteLength);
    boxes.push({ type, content: part(content, contentStart, contentLength) });
    start = contentStart + contentLength;
  }
  return boxes;
}

/** The first box along a path of types: `mdia`, `minf`, `stbl`. */
export function boxAt(content: DataView, ...path: readonly string[]): DataView | undefined {
  return path.reduce<DataView | undefined>(
    (within, type) => within && boxesIn(within).find(box => box.type === type)?.content,
    content,
  );
}

export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** Four characters, as which types and codings are written. */
export function fourCharacters(view: DataView, at: number): string {
  return String.fromCharCode(...[0, 1, 2, 3].map(offset => view.getUint8(at + offset)));
}

function placeOf(header: DataView, start: number, end: number): BoxPlace {
  const broken = () =>
    new ImpossibleJobError(`The video breaks off, or is none: there is no sound box at byte ${start}.`);
  if (header.byteLength < headerBytes) throw broken();
  const short = header.getUint32(0);
  const isLarge = short === 1;
  if (isLarge && header.byteLength < largeHeaderBytes) throw broken();
  // 0 is for the last box, which goes on to the end.
  const length = isLarge ? Number(header.getBigUint64(headerBytes)) : short === 0 ? end - start : short;
  const headerLength = isLarge ? largeHeaderBytes : headerBytes;
  if (length < headerLength || start + length > end) throw broken();
  return {
    type: fourCharacters(header, 4),
    contentStart: start + headerLength,
    contentLength: length - headerLength,
  };
}

function part(view: DataView, start: number, length: number): DataView {
  return new DataView(view.buffer, view.byteOffset + start, length);
}
