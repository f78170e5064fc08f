/** A typeface, as far as drawing a text needs it. Sizes are in pixels. */
export interface Lettering {
  /** From the baseline to the top of the highest letters, accents included, as a share of the font size. */
  readonly ascent: number;
  /** From the baseline to the bottom of the lowest capitals and commas, as a share of the font size. */
  readonly descent: number;

  /** Characters of a text that the typeface cannot show, each once. */
  missing(text: string): readonly string[];
  width(text: string, size: number): number;
  /** The text as the data of an SVG path, its baseline beginning at a point. */
  outline(text: string, at: { readonly x: number; readonly y: number; readonly size: number }): string;
}
