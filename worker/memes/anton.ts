import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import opentype, { type Font } from 'opentype.js';
import type { Lettering } from './lettering.ts';

/** Latin, its extensions and Vietnamese; a letter is taken from the first file that has it. */
const subsets = ['latin', 'latin-ext', 'vietnamese'];

interface Run {
  readonly font: Font;
  text: string;
}

/**
 * The typeface Anton, by the Anton Project Authors, under the SIL Open Font License.
 *
 * Texts become outlines here, so that a picture looks the same wherever it is drawn: no font of the
 * machine is asked for.
 *
 * @see https://github.com/googlefonts/AntonFont
 */
export class Anton implements Lettering {
  readonly ascent: number;
  readonly descent = 0.16;
  readonly #fonts: readonly Font[];

  private constructor(fonts: readonly Font[]) {
    this.#fonts = fonts;
    this.ascent = Math.max(...fonts.map(font => font.ascender / font.unitsPerEm));
  }

  static async load(): Promise<Anton> {
    const { resolve } = createRequire(import.meta.url);
    const files = subsets.map(subset => resolve(`@fontsource/anton/files/anton-${subset}-400-normal.woff`));
    const contents = await Promise.all(files.map(file => readFile(file)));
    return new Anton(contents.map(bytes => opentype.parse(new Uint8Array(bytes).buffer)));
  }

  missing(text: string): readonly string[] {
    return [...new Set(text)].filter(character => this.#fontOf(character) === undefined);
  }

  width(text: string, size: number): number {
    return this.#runs(text).reduce((sum, run) => sum + run.font.getAdvanceWidth(run.text, size), 0);
  }

  outline(text: string, { x, y, size }: { x: number; y: number; size: number }): string {
    let left = x;
    return this.#runs(text)
      .map(({ font, text: part }) => {
        const path = font.getPath(part, left, y, size);
        left += font.getAdvanceWidth(part, size);
        return path.toPathData(2);
      })
      .join('');
  }

  /** The text cut where another file has to take over. */
  #runs(text: string): readonly Run[] {
    const runs: Run[] = [];
    for (const character of text) {
      const font = this.#fontOf(character);
      if (font === undefined) continue;
      const last = runs.at(-1);
      if (last?.font === font) last.text += character;
      else runs.push({ font, text: character });
    }
    return runs;
  }

  #fontOf(character: string): Font | undefined {
    return this.#fonts.find(font => font.charToGlyphIndex(character) > 0);
  }
}
