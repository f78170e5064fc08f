import { ImpossibleJobError } from '../../failures.ts';
import type { ByteSource } from '../byte-source.ts';
import type { Frames, Video } from '../video.ts';
import { type Box, boxAt, boxesIn, findBox, fourCharacters, viewOf } from './boxes.ts';
import { SampleTable } from './sample-table.ts';

/** Tables of four hours of film at 60 frames a second fit four times over. */
const maxHeaderBytes = 32 * 1_024 ** 2;
const maxFrameBytes = 20 * 1_024 ** 2;

/** Codings in which every frame is a whole picture: Motion JPEG, under the names that it has, and PNG. */
const wholePictures = new Set(['jpeg', 'mjpa', 'mjpg', 'MJPG', 'AVDJ', 'png ', 'MPNG']);

/**
 * Opens a film in the ISO container, MP4 or QuickTime. Only its header and the frames that are asked for
 * are fetched, however long it is.
 *
 * Its frames can be looked at where each is a whole picture. Others (H.264, HEVC, AV1) need a decoder,
 * which belongs here when there is one.
 *
 * @throws ImpossibleJobError when it is broken, or has no pictures.
 * @see https://developer.apple.com/documentation/quicktime-file-format
 */
export async function openFilm(source: ByteSource): Promise<Video> {
  const moov = await header(source);
  const track = boxesIn(moov).find(isVideoTrack)?.content;
  const stbl = track && boxAt(track, 'mdia', 'minf', 'stbl');
  const entry = stbl && boxAt(stbl, 'stsd');
  // Version and flags, a count, and an entry's own length and type come before what it says of pictures.
  if (entry === undefined || entry.byteLength < 44) {
    throw new ImpossibleJobError('The film has no track of pictures.');
  }
  const codec = fourCharacters(entry, 12);
  const samples = new SampleTable(stbl as DataView);
  const time = timeOf(boxAt(track as DataView, 'mdia', 'mdhd'));
  return {
    facts: {
      format: 'mp4',
      codec: codec.trimEnd(),
      width: entry.getUint16(40),
      height: entry.getUint16(42),
      duration_seconds: Math.max(time.seconds, timeOf(boxAt(moov, 'mvhd')).seconds),
      frames: samples.count,
    },
    frames: wholePictures.has(codec) && samples.count > 0 ? framesOf(source, samples, time.scale) : undefined,
  };
}

async function header(source: ByteSource): Promise<DataView> {
  const place = await findBox(source, 'moov');
  if (place === undefined) throw new ImpossibleJobError('The video breaks off: it has no header (moov).');
  if (place.contentLength > maxHeaderBytes) {
    throw new ImpossibleJobError(
      `The video's header has ${place.contentLength} bytes; at most ${maxHeaderBytes} are read.`,
    );
  }
  return viewOf(await source.read(place.contentStart, place.contentLength));
}

function isVideoTrack({ type, content }: Box): boolean {
  const handler = type === 'trak' ? boxAt(content, 'mdia', 'hdlr') : undefined;
  return handler !== undefined && handler.byteLength >= 12 && fourCharacters(handler, 8) === 'vide';
}

/** Time scale and duration, which a movie's and a track's header hold in the same form. */
function timeOf(box: DataView | undefined): { scale: number; seconds: number } {
  const isLong = box !== undefined && box.byteLength > 0 && box.getUint8(0) === 1;
  if (box === undefined || box.byteLength < (isLong ? 32 : 20)) {
    throw new ImpossibleJobError("The video's header does not say how long it is.");
  }
  const scale = box.getUint32(isLong ? 20 : 12);
  if (scale === 0) throw new ImpossibleJobError("The video's header has a time scale of 0.");
  const duration = isLong ? Number(box.getBigUint64(24)) : box.getUint32(16);
  return { scale, seconds: duration / scale };
}

function framesOf(source: ByteSource, samples: SampleTable, scale: number): Frames {
  return {
    count: samples.count,
    atSeconds: index => samples.sample(index).time / scale,
    async picture(index) {
      const { offset, size } = samples.sample(index);
      if (size > maxFrameBytes) {
        throw new ImpossibleJobError(`Frame ${index} has ${size} bytes; at most ${maxFrameBytes} are read.`);
      }
      return source.read(offset, size);
    },
  };
}
