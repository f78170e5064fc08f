import type { MemeTexts } from '../../contracts/memes.ts';
import { ImpossibleJobError } from '../failures.ts';
import { pictureFormat } from '../pictures/picture-format.ts';
import { loadSharp, type OpenPicture, ofForeignPicture, pictureTimeoutSeconds } from '../pictures/sharp.ts';
import { Anton } from './anton.ts';
import { captionDrawing, type PictureSize } from './caption-drawing.ts';
import type { Lettering } from './lettering.ts';

export interface Meme extends PictureSize {
  readonly png: Uint8Array;
}

/** Draws memes. */
export interface MemeArtist {
  /**
   * The meme of a picture and its texts; the same at every call.
   *
   * @throws ImpossibleJobError when there cannot be one, saying why to whoever uploaded the picture.
   */
  draw(picture: Uint8Array, texts: MemeTexts): Promise<Meme>;
}

/** The longer side of a meme, in pixels: pictures are reduced or enlarged to it. */
const longerSide = 1_200;
/** A meme whose shorter side would be less is refused: no text can be read on it. */
const leastShorterSide = 150;

/** A picture with more pixels is refused by its header, before it is decoded. */
export const maxPixels = 50_000_000;

/** Draws with sharp, in the typeface Anton. */
export class SharpMemeArtist implements MemeArtist {
  readonly #open: OpenPicture;
  readonly #lettering: Lettering;

  constructor(open: OpenPicture, lettering: Lettering) {
    this.#open = open;
    this.#lettering = lettering;
  }

  static async load(): Promise<SharpMemeArtist> {
    const [open, lettering] = await Promise.all([loadSharp(), Anton.load()]);
    return new SharpMemeArtist(open, lettering);
  }

  async draw(picture: Uint8Array, texts: MemeTexts): Promise<Meme> {
    // Before the library sees it, which knows more formats than strangers should reach.
    if (pictureFormat(picture) === undefined) {
      throw new ImpossibleJobError('The upload is no picture that is taken: JPEG, PNG, WebP and GIF are.');
    }
    const { data, info } = await ofForeignPicture('The picture', this.#reduced(picture));
    if (Math.min(info.width, info.height) < leastShorterSide) {
      throw new ImpossibleJobError(
        `The picture is too narrow: at ${info.width} by ${info.height} pixels, no text can be read on it.`,
      );
    }
    const captions = captionDrawing(texts, info, this.#lettering);
    const png = await this.#open(data, { raw: info })
      .composite([{ input: Buffer.from(captions) }])
      .removeAlpha()
      .png()
      .toBuffer();
    return { png, width: info.width, height: info.height };
  }

  /** Pixels at the meme's size, upright, opaque, without what the camera noted of where and when. */
  #reduced(picture: Uint8Array) {
    return this.#open(picture, { limitInputPixels: maxPixels, failOn: 'error' })
      .timeout({ seconds: pictureTimeoutSeconds })
      .autoOrient()
      .resize({ width: longerSide, height: longerSide, fit: 'inside' })
      .flatten({ background: '#fff' })
      .toColourspace('srgb')
      .raw()
      .toBuffer({ resolveWithObject: true });
  }
}
