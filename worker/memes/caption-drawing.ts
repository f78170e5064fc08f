import type { MemeTexts } from '../../contracts/memes.ts';
import { ImpossibleJobError } from '../failures.ts';
import { baselinesOf, type Caption, heightOf, layOut } from './caption.ts';
import type { Lettering } from './lettering.ts';

export interface PictureSize {
  readonly width: number;
  readonly height: number;
}

/** Shares of the picture's shorter side. */
const largestLetters = 0.16;
const smallestLetters = 0.035;
const margin = 0.025;
/** Of the picture's height, what each of the two captions may take. */
const captionHeight = 0.36;
/** Of the font size. */
const outlineWidth = 0.11;

/**
 * The captions of a meme as an SVG drawing of the picture's size: white capitals with a black outline, as
 * paths.
 *
 * @throws ImpossibleJobError when a text has characters that the typeface lacks, or does not fit.
 */
export function captionDrawing(texts: MemeTexts, size: PictureSize, lettering: Lettering): string {
  const edge = Math.min(size.width, size.height) * margin;
  const drawn = [
    drawing(texts.top, () => edge),
    drawing(texts.bottom, height => size.height - edge - height),
  ];
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${size.width}" height="${size.height}">${drawn.join('')}</svg>`;

  function drawing(text: string, topOf: (height: number) => number): string {
    if (text === '') return '';
    const caption = captionOf(text, size, lettering);
    const top = topOf(heightOf(caption, lettering));
    const baselines = baselinesOf(caption, lettering);
    const outlines = caption.lines.map((line, index) =>
      lettering.outline(line, {
        x: (size.width - lettering.width(line, caption.size)) / 2,
        y: top + (baselines[index] ?? 0),
        size: caption.size,
      }),
    );
    return letters(outlines.join(''), caption.size * outlineWidth);
  }
}

/** Outlined letters: the outline first, and the letters over its inner half. */
function letters(path: string, width: number): string {
  return (
    `<path d="${path}" stroke="#000" stroke-width="${width.toFixed(2)}" stroke-linejoin="round" stroke-linecap="round"/>` +
    `<path d="${path}" fill="#fff"/>`
  );
}

function captionOf(text: string, { width, height }: PictureSize, lettering: Lettering): Caption {
  const capitals = text.toUpperCase();
  const missing = lettering.missing(capitals);
  if (missing.length > 0) {
    throw new ImpossibleJobError(
      `The text has characters that cannot be drawn: ${missing.slice(0, 10).join(' ')}. Latin letters can.`,
    );
  }
  const shorter = Math.min(width, height);
  const space = {
    width: width - 2 * shorter * margin,
    height: height * captionHeight,
    largestSize: shorter * largestLetters,
    smallestSize: shorter * smallestLetters,
  };
  const caption = layOut(capitals, space, lettering);
  if (caption === undefined) {
    throw new ImpossibleJobError(
      `A text of ${text.length} characters does not fit a picture of ${width} by ${height} pixels. Shorten it.`,
    );
  }
  return caption;
}
