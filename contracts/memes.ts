import * as v from 'valibot';
import { required } from './environment.ts';
import { type EncodedEvent, EventFamily, type EventOf, type EventSchemas, event } from './events.ts';
import { objectId, storedObject } from './stored-objects.ts';
import type { JobContract } from './worker.ts';

/** Names of an upload's metadata, which S3 carries as `x-amz-meta-<name>`. */
export const memeMetadata = {
  topText: 'top-text',
  bottomText: 'bottom-text',
  /** Whom to tell what became of it. */
  owner: 'owner',
} as const;

/** Longest text above or below a picture, in characters. */
export const maxMemeTextLength = 200;

/** A picture larger than this is not read. */
export const maxPictureBytes = 20 * 1_024 * 1_024;

const memeText = v.pipe(
  v.string(),
  v.normalize('NFC'),
  v.transform(text => text.replace(/\s+/g, ' ').trim()),
  v.maxLength(maxMemeTextLength, `expected up to ${maxMemeTextLength} characters`),
  v.check(text => !/[\p{Cc}\p{Cs}\ufffe\uffff]/u.test(text), 'expected no control characters'),
);

/** What stands above and below the picture; one of the two may be empty. */
export const memeTexts = v.pipe(
  v.object({ top: memeText, bottom: memeText }),
  v.check(({ top, bottom }) => top !== '' || bottom !== '', 'expected a text above or below the picture'),
);

export type MemeTexts = v.InferOutput<typeof memeTexts>;

/** Whom the result is for, as filter policies of its subscribers match it. */
export const memeOwner = v.pipe(
  v.string(),
  v.regex(/^[\w.:/=+@-]{1,128}$/, 'expected up to 128 letters, digits or . : / = + @ - _'),
);

const drawMeme = v.object({
  /** That of the upload; names the results. */
  meme_id: objectId,
  upload: storedObject,
  texts: memeTexts,
  owner: memeOwner,
  correlation_id: v.pipe(v.string(), v.minLength(1), v.maxLength(128)),
});

export type DrawMeme = v.InferOutput<typeof drawMeme>;

const drawMemeEnvironment = v.object({
  OUTPUT_BUCKET: required,
  /** Topic of {@link memeEvents}. */
  TOPIC_ARN: required,
});

/** Asks a worker to draw a meme. */
export const drawMemeJob: JobContract<DrawMeme, typeof drawMemeEnvironment> = {
  kind: 'draw-meme',
  message: drawMeme,
  environment: drawMemeEnvironment,
};

/** Folders of the output bucket. */
export const memesPrefix = 'memes/';
export const memeFailuresPrefix = 'failures/';

/** Where a drawn meme lies in the output bucket. */
export function memeKey(memeId: string): string {
  return `${memesPrefix}${memeId}.png`;
}

/** Where it is noted, in the output bucket, that its owner was told why there is no meme. */
export function memeFailureKey(memeId: string): string {
  return `${memeFailuresPrefix}${memeId}.json`;
}

const result = {
  meme_id: objectId,
  upload: storedObject,
  owner: memeOwner,
};

/** Message attribute of result events that carries the owner, so that each can subscribe to their own. */
export const ownerAttribute = 'owner';

/** Events that have an owner, as which they can be filtered. */
class OwnedEvents<Schemas extends EventSchemas> extends EventFamily<Schemas> {
  override encode(
    message: EventOf<Schemas> & { readonly event_type: string; readonly owner: string },
  ): EncodedEvent {
    const encoded = super.encode(message);
    return { ...encoded, attributes: { ...encoded.attributes, [ownerAttribute]: message.owner } };
  }
}

/**
 * What became of uploads, on the topic MemeResults. An upload's owner hears of it at least once: whoever
 * acts on it knows the upload by `meme_id`.
 */
export const memeEvents = new OwnedEvents({
  meme_drawn: event('meme_drawn', {
    ...result,
    picture: storedObject,
    width: v.pipe(v.number(), v.integer()),
    height: v.pipe(v.number(), v.integer()),
  }),
  meme_failed: event('meme_failed', {
    ...result,
    /** For the owner. */
    reason: v.pipe(v.string(), v.minLength(1), v.maxLength(1_000)),
  }),
});

export type MemeEvents = typeof memeEvents.schemas;
export type MemeEvent = EventOf<MemeEvents>;
