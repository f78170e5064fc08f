import { textLines } from '../text-lines.ts';

/** A line of a stream of them. */
export interface Line {
  readonly text: string;
  /** From 1. */
  readonly number: number;
}

/**
 * Lines of a stream that are not blank. Only line feeds end one: unlike `readline`, this leaves the
 * separators U+2028 and U+2029 alone, which JSON allows within a text.
 */
export async function* linesOf(stream: AsyncIterable<Uint8Array>): AsyncGenerator<Line> {
  let number = 0;
  for await (const line of textLines(stream)) {
    number += 1;
    // What some editors put at the beginning of a file to say that it is UTF-8.
    const text = number === 1 ? line.replace(/^\uFEFF/, '') : line;
    if (text.trim()) yield { text, number };
  }
}
