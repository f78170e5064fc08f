import type { Lettering } from './lettering.ts';

/** What a caption may take up, in pixels. */
export interface CaptionSpace {
  readonly width: number;
  readonly height: number;
  readonly largestSize: number;
  readonly smallestSize: number;
}

/** A text broken into lines, at a font size in pixels. */
export interface Caption {
  readonly lines: readonly string[];
  readonly size: number;
}

const smaller = 0.94;

/** From one baseline to the next, as a share of the font size. */
const lineSpacing = 1.22;

/** Height of a caption in pixels. */
export function heightOf({ lines, size }: Caption, { ascent, descent }: Lettering): number {
  return (ascent + (lines.length - 1) * lineSpacing + descent) * size;
}

/** Baselines of a caption's lines, in pixels below its top. */
export function baselinesOf({ lines, size }: Caption, { ascent }: Lettering): number[] {
  return lines.map((_, index) => (ascent + index * lineSpacing) * size);
}

/**
 * Breaks a text into lines at the largest size at which they fit.
 *
 * Lines break between words; a word that is too wide for a line breaks where it must.
 *
 * @returns undefined where the text does not fit at the smallest size either.
 */
export function layOut(text: string, space: CaptionSpace, lettering: Lettering): Caption | undefined {
  for (let size = space.largestSize; size >= space.smallestSize; size *= smaller) {
    const fits = (line: string) => lettering.width(line, size) <= space.width;
    const breaksWords = size * smaller < space.smallestSize;
    const lines = broken(text.split(' '), fits, breaksWords);
    if (lines !== undefined && heightOf({ lines, size }, lettering) <= space.height) {
      return { lines, size };
    }
  }
  return undefined;
}

function broken(
  words: readonly string[],
  fits: (line: string) => boolean,
  breaksWords: boolean,
): readonly string[] | undefined {
  const lines: string[] = [];
  for (const word of words) {
    const last = lines.at(-1);
    if (last !== undefined && fits(`${last} ${word}`)) {
      lines[lines.length - 1] = `${last} ${word}`;
      continue;
    }
    if (!fits(word) && !breaksWords) return undefined;
    lines.push(...pieces(word, fits));
  }
  return lines;
}

/** A word in pieces that fit, each of one character at least. */
function pieces(word: string, fits: (line: string) => boolean): string[] {
  const found: string[] = [''];
  for (const character of word) {
    const last = found.at(-1) ?? '';
    if (last === '' || fits(last + character)) found[found.length - 1] = last + character;
    else found.push(character);
  }
  return found;
}
