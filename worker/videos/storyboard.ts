import { type OpenPicture, ofForeignPicture, pictureTimeoutSeconds } from '../pictures/sharp.ts';
import type { Frames } from './video.ts';

const columns = 4;
const rows = 4;
const gap = 8;
/** Longest side of a frame on the storyboard, in pixels. */
const tile = 320;
const maxFramePixels = 50_000_000;

export interface Storyboard {
  readonly png: Uint8Array;
  /** When in the video its frames are, in the order of reading. */
  readonly atSeconds: readonly number[];
}

/** So many frames of a video, spread evenly over it: the middle one of each part. */
export function chosenFrames(count: number, most = columns * rows): number[] {
  const parts = Math.min(count, most);
  return Array.from({ length: parts }, (_, part) => Math.floor(((part + 0.5) * count) / parts));
}

/**
 * Lays frames of a video out on one picture, in rows of four.
 *
 * @param signal aborted when it is no use to go on; looked at before each frame.
 * @throws ImpossibleJobError when a frame is broken.
 */
export async function drawStoryboard(
  frames: Frames,
  open: OpenPicture,
  signal: AbortSignal,
): Promise<Storyboard> {
  const chosen = chosenFrames(frames.count);
  const pictures: { data: Buffer; width: number; height: number }[] = [];
  for (const index of chosen) {
    signal.throwIfAborted();
    const picture = await frames.picture(index);
    const { data, info } = await ofForeignPicture(
      `Frame ${index}`,
      open(picture, { limitInputPixels: maxFramePixels, failOn: 'error' })
        .timeout({ seconds: pictureTimeoutSeconds })
        .resize({ width: tile, height: tile, fit: 'inside' })
        .flatten({ background: '#000' })
        .toColourspace('srgb')
        .png({ compressionLevel: 1 })
        .toBuffer({ resolveWithObject: true }),
    );
    pictures.push({ data, width: info.width, height: info.height });
  }
  const cell = {
    width: Math.max(...pictures.map(({ width }) => width)) + gap,
    height: Math.max(...pictures.map(({ height }) => height)) + gap,
  };
  const across = Math.min(columns, pictures.length);
  const down = Math.ceil(pictures.length / columns);
  const png = await open({
    create: {
      width: across * cell.width + gap,
      height: down * cell.height + gap,
      channels: 3,
      background: '#181818',
    },
  })
    .composite(
      pictures.map(({ data }, place) => ({
        input: data,
        left: gap + (place % columns) * cell.width,
        top: gap + Math.floor(place / columns) * cell.height,
      })),
    )
    .png()
    .toBuffer();
  return { png, atSeconds: chosen.map(index => frames.atSeconds(index)) };
}
