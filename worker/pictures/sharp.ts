import type sharp from 'sharp';
import { errorFrom, ImpossibleJobError } from '../failures.ts';

/** Opens a picture, or makes one. */
export type OpenPicture = typeof sharp;

/** Decoding and drawing take at most so many seconds, whatever a picture holds. */
export const pictureTimeoutSeconds = 60;

/**
 * The picture library. It is loaded when a job that draws opens: 10 MB of WebAssembly that no other kind of
 * job needs.
 */
export async function loadSharp(): Promise<OpenPicture> {
  const { default: open } = await import('sharp');
  // No picture is drawn twice. One thread each: jobs run side by side instead.
  open.cache(false);
  open.concurrency(1);
  return open;
}

/**
 * Waits for what is done with a picture from outside.
 *
 * @throws ImpossibleJobError when the picture is broken or too large: it will be at the next try.
 */
export async function ofForeignPicture<Result>(what: string, work: Promise<Result>): Promise<Result> {
  try {
    return await work;
  } catch (thrown) {
    const { message } = errorFrom(thrown);
    throw new ImpossibleJobError(`${what} cannot be read: ${firstLine(message)}`, { cause: thrown });
  }
}

/** libvips lists every warning of a decoder; the first says what is wrong. */
function firstLine(message: string): string {
  return message.split('\n')[0] ?? message;
}
