import { type Caption, heightOf, layOut } from '../../../worker/memes/caption.ts';
import type { Lettering } from '../../../worker/memes/lettering.ts';

/** Letters that are half as wide as they are high, so that a test can count. */
const lettering: Lettering = {
  ascent: 1,
  descent: 0.1,
  missing: () => [],
  width: (text, size) => text.length * size * 0.5,
  outline: () => '',
};

const space = { width: 200, height: 100, largestSize: 40, smallestSize: 10 };

function laidOut(text: string): Caption {
  const caption = layOut(text, space, lettering);
  if (caption === undefined) throw new Error(`"${text}" was not laid out`);
  return caption;
}

describe('layOut', () => {
  it('writes a short text in one line at the largest size', () => {
    expect(laidOut('TEN LETTER')).toEqual({ lines: ['TEN LETTER'], size: 40 });
  });

  it('breaks lines between words, at the largest size at which they fit', () => {
    const { lines, size } = laidOut('ONE DOES NOT SIMPLY DELETE');
    expect(lines.join(' ')).toBe('ONE DOES NOT SIMPLY DELETE');
    expect(lines.length).toBeGreaterThan(1);
    expect(size).toBeLessThan(40);
    for (const line of lines) expect(lettering.width(line, size)).toBeLessThanOrEqual(space.width);
    expect(heightOf({ lines, size }, lettering)).toBeLessThanOrEqual(space.height);
    const larger = layOut(
      'ONE DOES NOT SIMPLY DELETE',
      { ...space, smallestSize: size / 0.94, height: space.height },
      lettering,
    );
    expect(larger === undefined || larger.size > size).toBe(true);
  });

  it('makes letters smaller before it breaks a word', () => {
    expect(laidOut('INCOMPREHENSIBILITY').lines).toEqual(['INCOMPREHENSIBILITY']);
  });

  it('breaks a word that is too wide at the smallest size', () => {
    const { lines } = laidOut('X'.repeat(100));
    expect(lines.length).toBeGreaterThan(1);
    expect(lines.join('')).toBe('X'.repeat(100));
  });

  it('gives up on a text that does not fit at the smallest size either', () => {
    expect(layOut('X'.repeat(1_000), space, lettering)).toBeUndefined();
  });

  it('keeps the characters of more than one code unit whole', () => {
    expect(laidOut('𝕏'.repeat(60)).lines.every(line => line.isWellFormed())).toBe(true);
  });
});
