import * as v from 'valibot';
import { type MemeTexts, memeMetadata, memeOwner, memeTexts } from '../../../contracts/memes.ts';

/** What an upload asks for, by its metadata; or why it cannot be had. */
export type MemeOrder =
  | { readonly owner: string; readonly texts: MemeTexts }
  | { readonly owner: string; readonly reason: string };

/** Whom results are for whose upload does not say, or not in a form that can be filtered by. */
export const unknownOwner = 'unknown';

/** Reads an upload's metadata. */
export function memeOrderFrom(metadata: Readonly<Record<string, string>>): MemeOrder {
  const told = v.safeParse(memeOwner, metadata[memeMetadata.owner]);
  const owner = told.success ? told.output : unknownOwner;
  const texts = v.safeParse(memeTexts, {
    top: decodedText(metadata[memeMetadata.topText] ?? ''),
    bottom: decodedText(metadata[memeMetadata.bottomText] ?? ''),
  });
  if (texts.success) return { owner, texts: texts.output };
  const faults = texts.issues.map(issue => `${nameOf(v.getDotPath(issue))}: ${issue.message}`);
  return { owner, reason: `The texts cannot be drawn: ${faults.join('; ')}.` };
}

/** The metadata that a field of the texts comes from. */
function nameOf(field: string | null): string {
  if (field === 'top') return memeMetadata.topText;
  return field === 'bottom' ? memeMetadata.bottomText : `${memeMetadata.topText}, ${memeMetadata.bottomText}`;
}

const encodedWord = /=\?utf-8\?([bq])\?([^?]*)\?=/gi;

/**
 * A text of metadata as it was meant. Headers carry ASCII alone: S3 gives other characters back in words
 * that are encoded as in e-mail, and takes such words from clients too.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingMetadata.html
 */
export function decodedText(text: string): string {
  const joined = text.replace(/(\?=)\s+(?==\?)/g, '$1');
  const pieces: Buffer[] = [];
  let end = 0;
  for (const match of joined.matchAll(encodedWord)) {
    const [word, form = '', content = ''] = match;
    pieces.push(Buffer.from(joined.slice(end, match.index)), bytesOf(form, content));
    end = match.index + word.length;
  }
  pieces.push(Buffer.from(joined.slice(end)));
  // As a whole: a character may be cut in two where a long text was cut into words.
  return Buffer.concat(pieces).toString();
}

function bytesOf(form: string, content: string): Buffer {
  if (form.toLowerCase() === 'b') return Buffer.from(content, 'base64');
  const latin = content
    .replaceAll('_', ' ')
    .replace(/=([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(latin, 'latin1');
}
