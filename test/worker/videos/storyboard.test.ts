import sharp from 'sharp';
import { filmOf } from '../../../local/scenarios/video-processing/film-writer.ts';
import { ImpossibleJobError } from '../../../worker/failures.ts';
import { loadSharp, type OpenPicture } from '../../../worker/pictures/sharp.ts';
import { openMovingPicture } from '../../../worker/videos/moving-picture.ts';
import { openFilm } from '../../../worker/videos/mp4/film.ts';
import { chosenFrames, drawStoryboard } from '../../../worker/videos/storyboard.ts';
import type { Frames } from '../../../worker/videos/video.ts';

const shade = (index: number) => 40 + index * 10;

/** A frame in one shade of red, so that it can be told from the others. */
function frame(index: number) {
  return sharp({
    create: { width: 64, height: 48, channels: 3, background: { r: shade(index), g: 0, b: 0 } },
  });
}

const jpegs = (count: number) =>
  Promise.all(Array.from({ length: count }, (_, index) => frame(index).jpeg().toBuffer()));

async function filmFrames(count: number): Promise<Frames> {
  const bytes = filmOf(await jpegs(count), { width: 64, height: 48, framesPerSecond: 2 });
  const { frames } = await openFilm({
    size: bytes.length,
    read: async (start, length) => bytes.subarray(start, start + length),
  });
  if (frames === undefined) throw new Error('The film has no frames');
  return frames;
}

const signal = new AbortController().signal;

describe('chosenFrames', () => {
  it('spreads sixteen over a video', () => {
    expect(chosenFrames(160)).toEqual([5, 15, 25, 35, 45, 55, 65, 75, 85, 95, 105, 115, 125, 135, 145, 155]);
  });

  it.each([1, 2, 15, 16])('takes each of %d', count => {
    expect(chosenFrames(count)).toEqual(Array.from({ length: count }, (_, index) => index));
  });

  it('takes none twice', () => {
    for (let count = 1; count < 100; count++) {
      const chosen = chosenFrames(count);
      expect(new Set(chosen).size).toBe(chosen.length);
      expect(Math.max(...chosen)).toBeLessThan(count);
    }
  });
});

describe('drawStoryboard', () => {
  let open: OpenPicture;
  beforeAll(async () => {
    open = await loadSharp();
  });

  it('lays frames out in rows of four, in their order', async () => {
    const { png, atSeconds } = await drawStoryboard(await filmFrames(6), open, signal);
    const { data, info } = await sharp(png).raw().toBuffer({ resolveWithObject: true });
    expect([info.width, info.height]).toEqual([4 * 328 + 8, 2 * 248 + 8]);
    const redAt = (x: number, y: number) => data[(y * info.width + x) * info.channels] ?? 0;
    for (let index = 0; index < 6; index++) {
      const x = 8 + (index % 4) * 328 + 160;
      const y = 8 + Math.floor(index / 4) * 248 + 120;
      expect(Math.abs(redAt(x, y) - shade(index))).toBeLessThan(6);
    }
    expect(redAt(8 + 2 * 328 + 160, 8 + 248 + 120)).toBe(0x18);
    expect(atSeconds).toEqual([0, 0.5, 1, 1.5, 2, 2.5]);
  });

  it('names the frame that is broken', async () => {
    const frames = await filmFrames(3);
    const broken = {
      ...frames,
      picture: async (index: number) => (index === 1 ? Buffer.from('no picture') : frames.picture(index)),
    };
    await expect(drawStoryboard(broken, open, signal)).rejects.toThrow(ImpossibleJobError);
    await expect(drawStoryboard(broken, open, signal)).rejects.toThrow(/^Frame 1 cannot be read/);
  });

  it('stops between frames when it is no use to go on', async () => {
    const frames = await filmFrames(8);
    const stopping = new AbortController();
    let fetched = 0;
    const counted = {
      ...frames,
      picture: async (index: number) => {
        if (++fetched === 3) stopping.abort(new Error('The worker stops'));
        return frames.picture(index);
      },
    };
    await expect(drawStoryboard(counted, open, stopping.signal)).rejects.toThrow('The worker stops');
    expect(fetched).toBe(3);
  });

  it.each(['gif', 'webp'] as const)('looks at the frames of a moving %s', async format => {
    const stills = await Promise.all([0, 8, 16].map(index => frame(index).png().toBuffer()));
    const bytes = await sharp(stills, { join: { animated: true } })
      .toFormat(format, { delay: [500, 250, 250] })
      .toBuffer();
    const { facts, frames } = await openMovingPicture(bytes, format, open);
    expect(facts).toEqual({ format, codec: format, width: 64, height: 48, duration_seconds: 1, frames: 3 });
    if (frames === undefined) throw new Error('It has no frames');
    const { png, atSeconds } = await drawStoryboard(frames, open, signal);
    expect(atSeconds).toEqual([0, 0.5, 0.75]);
    const { data, info } = await sharp(png).raw().toBuffer({ resolveWithObject: true });
    const shades = [0, 1, 2].map(
      place => data[((8 + 120) * info.width + 8 + place * 328 + 160) * info.channels] ?? 0,
    );
    for (const [place, red] of shades.entries()) {
      expect(Math.abs(red - shade(place * 8))).toBeLessThan(12);
    }
  });

  it('refuses a moving picture that is none', async () => {
    await expect(openMovingPicture(Buffer.from('GIF89a, but not really'), 'gif', open)).rejects.toThrow(
      /^The moving picture cannot be read/,
    );
  });
});
