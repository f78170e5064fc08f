import {
  box,
  filmOf,
  full,
  join,
  u32,
  zeros,
} from '../../../../local/scenarios/video-processing/film-writer.ts';
import { ImpossibleJobError } from '../../../../worker/failures.ts';
import type { ByteSource } from '../../../../worker/videos/byte-source.ts';
import { openFilm } from '../../../../worker/videos/mp4/film.ts';

/** Frames that tell which they are. */
const frames = Array.from({ length: 10 }, (_, index) => Buffer.from(`frame ${index} ${'.'.repeat(index)}`));
const options = { width: 64, height: 48, framesPerSecond: 5 };

/** A file, and how much of it was asked for. */
class CountedBytes implements ByteSource {
  readonly #bytes: Uint8Array;
  fetched = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get size(): number {
    return this.#bytes.length;
  }

  async read(start: number, length: number): Promise<Uint8Array> {
    const piece = this.#bytes.subarray(start, start + length);
    this.fetched += piece.length;
    return piece;
  }
}

const open = (bytes: Uint8Array) => openFilm(new CountedBytes(bytes));
const text = (bytes: Uint8Array | undefined) => Buffer.from(bytes ?? []).toString();

/** A header around a sample table, for films that the writer of the demonstration does not make. */
function moov({
  entry = join(u32(1), box('jpeg', zeros(70))),
  tables = [] as readonly Uint8Array[],
  mdhd = full('mdhd', zeros(8), u32(10), u32(100), zeros(4)),
  handler = 'vide',
}): Uint8Array {
  const minf = box('minf', box('stbl', full('stsd', entry), ...tables));
  const mdia = box('mdia', mdhd, full('hdlr', zeros(4), handler, zeros(12)), minf);
  return box('moov', full('mvhd', zeros(8), u32(10), u32(120), zeros(80)), box('trak', mdia));
}

describe('openFilm', () => {
  it.each([
    ['after the pictures', false],
    ['before the pictures', true],
  ])('reads a header %s', async (_, headerFirst) => {
    const { facts, frames: opened } = await open(filmOf(frames, { ...options, headerFirst }));
    expect(facts).toEqual({
      format: 'mp4',
      codec: 'jpeg',
      width: 64,
      height: 48,
      duration_seconds: 2,
      frames: 10,
    });
    expect(opened?.count).toBe(10);
  });

  it.each([1, 3, 4, 10])('finds every frame and its time, %d to a chunk', async framesPerChunk => {
    const film = filmOf(frames, { ...options, framesPerChunk });
    const { frames: opened } = await open(film);
    for (const [index, frame] of frames.entries()) {
      expect(text(await opened?.picture(index))).toBe(frame.toString());
      expect(opened?.atSeconds(index)).toBeCloseTo(index / 5);
    }
  });

  it('fetches the header and the frames that are asked for, however long the film is', async () => {
    const long = [...frames.slice(0, 9), Buffer.alloc(5_000_000)];
    const source = new CountedBytes(filmOf(long, options));
    const { frames: opened } = await openFilm(source);
    await opened?.picture(3);
    expect(source.fetched).toBeLessThan(2_000);
  });

  it('reads chunks of different lengths, offsets of 64 bits, frames of one size and long times', async () => {
    const offset = (at: number) => join(u32(0), u32(at));
    const pictures = Buffer.from('AABBCCDDEE');
    const film = join(
      box('free', zeros(100)),
      // A length of 64 bits.
      join(u32(1), 'mdat', offset(16 + pictures.length), pictures),
      moov({
        mdhd: box('mdhd', new Uint8Array([1, 0, 0, 0]), zeros(16), u32(1_000), u32(0), u32(15_000)),
        tables: [
          full('stts', u32(2), u32(2), u32(1_000), u32(3), u32(2_000)),
          full('stsc', u32(2), u32(1), u32(2), u32(1), u32(2), u32(3), u32(1)),
          full('stsz', u32(2), u32(5)),
          full('co64', u32(2), offset(124), offset(128)),
        ],
      }),
    );
    const { facts, frames: opened } = await open(film);
    expect(facts).toMatchObject({ frames: 5, duration_seconds: 15 });
    const all = await Promise.all([0, 1, 2, 3, 4].map(async index => text(await opened?.picture(index))));
    expect(all).toEqual(['AA', 'BB', 'CC', 'DD', 'EE']);
    expect([0, 1, 2, 3, 4].map(index => opened?.atSeconds(index))).toEqual([0, 1, 2, 4, 6]);
  });

  it('tells of a film whose pictures it cannot decode, and leaves it at that', async () => {
    const film = Buffer.from(filmOf(frames, options));
    film.write('avc1', film.indexOf('jpeg'), 'latin1');
    const { facts, frames: opened } = await open(film);
    expect(facts).toMatchObject({ codec: 'avc1', width: 64, frames: 10 });
    expect(opened).toBeUndefined();
  });

  it('tells of a film that is in fragments, and leaves it at that', async () => {
    const none = (type: string) => full(type, u32(0));
    const film = moov({ tables: [none('stts'), none('stsc'), full('stsz', u32(0), u32(0)), none('stco')] });
    const { facts, frames: opened } = await open(film);
    expect(facts).toMatchObject({ frames: 0, duration_seconds: 12 });
    expect(opened).toBeUndefined();
  });
});

describe('openFilm refuses', () => {
  const table = (name: string, ...content: Uint8Array[]) => full(name, ...content);
  const sound = {
    stts: table('stts', u32(1), u32(2), u32(1)),
    stsc: table('stsc', u32(1), u32(1), u32(2), u32(1)),
    stsz: table('stsz', u32(4), u32(2)),
    stco: table('stco', u32(1), u32(0)),
  };
  const withTables = (changed: Partial<typeof sound>, mdhd?: Uint8Array) =>
    moov({ tables: Object.values({ ...sound, ...changed }), ...(mdhd && { mdhd }) });

  it('nothing of what these tests change', async () => {
    const { facts } = await open(withTables({}));
    expect(facts.frames).toBe(2);
  });

  it.each([
    ['an empty file', new Uint8Array(), /no header \(moov\)/],
    ['a file that breaks off', filmOf(frames, options).subarray(0, 60), /no sound box at byte/],
    ['what is none', Buffer.from('GIF89a, but not really'), /no sound box at byte 0/],
    ['a box that is shorter than its head', join(u32(4), 'moov', zeros(20)), /no sound box/],
    ['a film of sound alone', moov({ handler: 'soun' }), /no track of pictures/],
    ['a description that breaks off', moov({ entry: u32(1) }), /no track of pictures/],
    ['a missing table', moov({ tables: [sound.stts, sound.stsc, sound.stsz] }), /no table stco/],
    [
      'a table that promises more than it holds',
      withTables({ stco: table('stco', u32(4_000_000_000), u32(0)) }),
      /stco is shorter than it says/,
    ],
    [
      'sizes that promise more than they hold',
      withTables({ stsz: table('stsz', u32(0), u32(4_000_000_000)) }),
      /stsz is shorter/,
    ],
    ['a header without duration', withTables({}, full('mdhd', zeros(4))), /does not say how long/],
    ['a time scale of 0', withTables({}, full('mdhd', zeros(20))), /time scale of 0/],
    [
      'a thousand boxes before the header',
      join(...Array.from({ length: 1_001 }, () => box('free')), withTables({})),
      /too many pieces/,
    ],
    ['a header of gigabytes', join(u32(1), 'moov', u32(1), u32(0)), /no sound box/],
  ])('%s', async (_, bytes, message) => {
    await expect(open(bytes)).rejects.toThrow(ImpossibleJobError);
    await expect(open(bytes)).rejects.toThrow(message);
  });

  it('frames that its tables do not lead to', async () => {
    const { frames: opened } = await open(withTables({ stsz: table('stsz', u32(4), u32(4_000_000_000)) }));
    await expect(opened?.picture(3_999_999_999)).rejects.toThrow(/do not say where frame 3999999999 is/);
  });

  it('frames that are larger than a picture can be', async () => {
    const { frames: opened } = await open(withTables({ stsz: table('stsz', u32(1_000_000_000), u32(2)) }));
    await expect(opened?.picture(1)).rejects.toThrow(/Frame 1 has 1000000000 bytes/);
  });

  it('chunk numbers that contradict each other', async () => {
    const { frames: opened } = await open(
      withTables({ stsc: table('stsc', u32(1), u32(0), u32(2), u32(1)) }),
    );
    await expect(opened?.picture(0)).rejects.toThrow(ImpossibleJobError);
  });
});
