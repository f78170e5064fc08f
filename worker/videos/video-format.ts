import type { VideoFormat } from '../../contracts/videos.ts';
import { pictureFormat } from '../pictures/picture-format.ts';

/** Bytes that are needed to tell a format. */
export const videoSignatureBytes = 12;

/** Types of box that a film in the ISO container begins with. */
const firstBoxes = new Set(['ftyp', 'moov', 'mdat', 'wide', 'free', 'skip', 'pnot']);

/** The format of a video that begins so; undefined where it is taken for none. */
export function videoFormat(beginning: Uint8Array): VideoFormat | undefined {
  if (beginning.length < videoSignatureBytes) return undefined;
  const picture = pictureFormat(beginning);
  if (picture === 'gif' || picture === 'webp') return picture;
  return firstBoxes.has(String.fromCharCode(...beginning.subarray(4, 8))) ? 'mp4' : undefined;
}
