import sharp from 'sharp';
import { filmOf } from './film-writer.ts';

/** Something to upload, by the name that it gets. */
export interface Upload {
  readonly name: string;
  readonly content: Uint8Array;
}

const width = 320;
const height = 180;

/** A film of a ball that rolls over the screen, 4 seconds of Motion JPEG. */
export async function rollingBall(name: string, hue: number): Promise<Upload> {
  const frames = await Promise.all(
    Array.from({ length: 32 }, (_, index) =>
      sharp(Buffer.from(scene(index / 31, hue)))
        .jpeg({ quality: 80 })
        .toBuffer(),
    ),
  );
  return { name, content: filmOf(frames, { width, height, framesPerSecond: 8, headerFirst: true }) };
}

/** A moving picture of the same, as animated WebP. */
export async function rollingBallWebp(name: string): Promise<Upload> {
  const frames = await Promise.all(
    Array.from({ length: 6 }, (_, index) =>
      sharp(Buffer.from(scene(index / 5, 280)))
        .png()
        .toBuffer(),
    ),
  );
  const content = await sharp(frames, { join: { animated: true } })
    .webp({ delay: frames.map(() => 200), effort: 0 })
    .toBuffer();
  return { name, content };
}

/** A film whose frames are so large, and so coded, that the work on them takes seconds. */
export async function largeFrames(name: string): Promise<Upload> {
  const [width, height] = [5_000, 4_000];
  const frame = await sharp({ create: { width, height, channels: 3, background: '#356' } })
    .png({ compressionLevel: 4, progressive: true })
    .toBuffer();
  const frames = Array.from({ length: 16 }, () => frame);
  return {
    name,
    content: filmOf(frames, { width, height, framesPerSecond: 1, coding: 'png ' }),
  };
}

/** A film whose pictures are said to be in a coding that is not decoded here, as most films' are. */
export async function undecoded(name: string): Promise<Upload> {
  const { content } = await rollingBall(name, 0);
  const film = Buffer.from(content);
  film.write('avc1', film.indexOf('jpeg'), 'latin1');
  return { name, content: film };
}

/** A film that was cut off on its way. */
export async function cutOff(name: string): Promise<Upload> {
  const { content } = await rollingBall(name, 0);
  return { name, content: content.subarray(0, content.length / 2) };
}

function scene(at: number, hue: number): string {
  const x = 30 + at * (width - 60);
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">
    <rect width="100%" height="100%" fill="hsl(${hue}, 40%, 20%)"/>
    <rect y="${height - 30}" width="100%" height="30" fill="hsl(${hue}, 40%, 35%)"/>
    <circle cx="${x}" cy="${height - 55}" r="25" fill="hsl(${(hue + 180) % 360}, 80%, 60%)"/>
    <path d="M${x} ${height - 55} l${25 * Math.cos(at * 14)} ${25 * Math.sin(at * 14)}" stroke="#000" stroke-width="4"/>
  </svg>`;
}
