import type { VideoFormat } from '../../contracts/videos.ts';
import { ImpossibleJobError } from '../failures.ts';
import { type OpenPicture, ofForeignPicture, pictureTimeoutSeconds } from '../pictures/sharp.ts';
import type { Video } from './video.ts';

/** Pixels of one frame; a file that promises more is refused by its header. */
const maxFramePixels = 25_000_000;
const maxFrames = 20_000;
/** How long a frame is shown that does not say. */
const defaultDelayMs = 100;

/**
 * Opens a moving picture, which is whole in memory: animated GIF or WebP.
 *
 * @throws ImpossibleJobError when it is broken or too large.
 */
export async function openMovingPicture(
  bytes: Uint8Array,
  format: Exclude<VideoFormat, 'mp4'>,
  open: OpenPicture,
): Promise<Video> {
  const limits = { limitInputPixels: maxFramePixels, failOn: 'error' } as const;
  const { width, height, pages, delay } = await ofForeignPicture(
    'The moving picture',
    open(bytes, limits).metadata(),
  );
  const count = pages ?? 1;
  if (count > maxFrames) {
    throw new ImpossibleJobError(`The moving picture has ${count} frames; at most ${maxFrames} are taken.`);
  }
  const delays = Array.from({ length: count }, (_, index) => delay?.[index] || defaultDelayMs);
  const millisecondsBefore = (index: number) => delays.slice(0, index).reduce((sum, each) => sum + each, 0);
  return {
    facts: {
      format,
      codec: format,
      width,
      height,
      duration_seconds: millisecondsBefore(count) / 1_000,
      frames: count,
    },
    frames: {
      count,
      atSeconds: index => millisecondsBefore(index) / 1_000,
      picture: index =>
        ofForeignPicture(
          `Frame ${index}`,
          open(bytes, { ...limits, page: index, pages: 1 })
            .timeout({ seconds: pictureTimeoutSeconds })
            .png({ compressionLevel: 1 })
            .toBuffer(),
        ),
    },
  };
}
