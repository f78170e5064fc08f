/** What a film is made of. */
export interface FilmOptions {
  readonly width: number;
  readonly height: number;
  readonly framesPerSecond: number;
  /**
   * What every frame is: a picture in JPEG (Motion JPEG) or in PNG.
   *
   * @default 'jpeg'
   */
  readonly coding?: 'jpeg' | 'png ';
  /**
   * Frames that lie together in the file.
   *
   * @default 4
   */
  readonly framesPerChunk?: number;
  /**
   * Whether the header comes before the pictures, as in films for the web, or after them, as cameras write.
   *
   * @default false
   */
  readonly headerFirst?: boolean;
}

/**
 * A QuickTime film whose every frame is a picture: the simplest that is one.
 *
 * @see https://developer.apple.com/documentation/quicktime-file-format
 */
export function filmOf(frames: readonly Uint8Array[], options: FilmOptions): Uint8Array {
  const { framesPerChunk = 4, headerFirst = false } = options;
  const type = box('ftyp', 'qt  ', u32(512), 'qt  ');
  const pictures = box('mdat', ...frames);
  const headerAt = (picturesAt: number) =>
    header(frames, options, chunkOffsets(frames, framesPerChunk, picturesAt + 8));
  if (!headerFirst) return join(type, pictures, headerAt(type.length));
  // Its length does not depend on what the offsets are.
  const picturesAt = type.length + headerAt(0).length;
  return join(type, headerAt(picturesAt), pictures);
}

function header(frames: readonly Uint8Array[], options: FilmOptions, offsets: readonly number[]) {
  const { width, height, framesPerSecond, coding = 'jpeg', framesPerChunk = 4 } = options;
  const scale = 600;
  const perFrame = Math.round(scale / framesPerSecond);
  const duration = perFrame * frames.length;
  const entry = box(
    coding,
    zeros(6),
    u16(1),
    zeros(16),
    u16(width),
    u16(height),
    u32(0x480000),
    u32(0x480000),
    zeros(4),
    u16(1),
    zeros(32),
    u16(24),
    u16(0xffff),
  );
  const table = box(
    'stbl',
    full('stsd', u32(1), entry),
    full('stts', u32(1), u32(frames.length), u32(perFrame)),
    full('stsc', u32(1), u32(1), u32(framesPerChunk), u32(1)),
    full('stsz', u32(0), u32(frames.length), ...frames.map(frame => u32(frame.length))),
    full('stco', u32(offsets.length), ...offsets.map(u32)),
  );
  const media = box(
    'mdia',
    full('mdhd', u32(0), u32(0), u32(scale), u32(duration), u16(0x55c4), u16(0)),
    full('hdlr', 'mhlr', 'vide', zeros(13)),
    box('minf', full('vmhd', zeros(8)), table),
  );
  const movie = full('mvhd', u32(0), u32(0), u32(scale), u32(duration), zeros(80));
  return box('moov', movie, box('trak', full('tkhd', zeros(80)), media));
}

function chunkOffsets(frames: readonly Uint8Array[], perChunk: number, start: number): number[] {
  const offsets: number[] = [];
  let at = start;
  for (const [index, frame] of frames.entries()) {
    if (index % perChunk === 0) offsets.push(at);
    at += frame.length;
  }
  return offsets;
}

/** A box: its length, its type, and what it holds. */
export function box(type: string, ...content: readonly (Uint8Array | string)[]): Uint8Array {
  const bytes = join(...content);
  return join(u32(bytes.length + 8), type, bytes);
}

/** A box whose content begins with a version and flags of 0. */
export function full(type: string, ...content: readonly (Uint8Array | string)[]): Uint8Array {
  return box(type, zeros(4), ...content);
}

export function u32(value: number): Uint8Array {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

export function join(...parts: readonly (Uint8Array | string)[]): Uint8Array {
  return Buffer.concat(parts.map(part => (typeof part === 'string' ? Buffer.from(part, 'latin1') : part)));
}

function u16(value: number): Uint8Array {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16BE(value);
  return bytes;
}

export function zeros(count: number): Uint8Array {
  return new Uint8Array(count);
}
