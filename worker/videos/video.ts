import type { FilmFacts } from '../../contracts/videos.ts';

/** Frames that can be looked at. */
export interface Frames {
  readonly count: number;
  atSeconds(index: number): number;
  /**
   * A frame as a picture in JPEG, PNG, WebP or GIF.
   *
   * @throws ImpossibleJobError when the file is broken there.
   */
  picture(index: number): Promise<Uint8Array>;
}

/** A video that was opened: what it says of itself, and its frames where they can be looked at. */
export interface Video {
  readonly facts: FilmFacts;
  readonly frames: Frames | undefined;
}
