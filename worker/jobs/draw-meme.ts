import {
  type DrawMeme,
  drawMemeJob,
  type MemeEvent,
  maxPictureBytes,
  memeEvents,
  memeFailureKey,
  memeKey,
} from '../../contracts/memes.ts';
import { PermanentFailure } from '../failures.ts';
import { type Delivery, defineJob, type JobOutcome } from '../job.ts';
import type { MemeArtist } from '../memes/meme-artist.ts';
import { type EventPublisher, SnsEventPublisher, snsClient } from '../messaging/event-publisher.ts';
import type { ObjectReader, ResultStore } from '../objects/object-store.ts';
import { S3ObjectReader, S3ResultStore, s3Client } from '../objects/s3-objects.ts';

export interface MemeDrawingPorts {
  readonly uploads: ObjectReader;
  readonly output: ResultStore;
  readonly artist: MemeArtist;
  readonly results: EventPublisher<MemeEvent>;
}

/**
 * Draws the meme of an upload, writes it under a key that follows from the upload, and tells its owner.
 *
 * Whoever does the same job again finds the picture there and tells the owner again, in case the one
 * before died before telling. What can never be drawn is told once, noted, and fails at each delivery
 * until the message is in the DLQ.
 */
export function memeDrawing({ uploads, output, artist, results }: MemeDrawingPorts) {
  return async (job: DrawMeme, { signal }: Pick<Delivery, 'signal'>): Promise<JobOutcome> => {
    const { meme_id, upload, owner, correlation_id } = job;
    const about = { meme_id, upload, owner, correlation_id };
    try {
      const picture = await uploads.read(upload, maxPictureBytes);
      signal.throwIfAborted();
      const { png, width, height } = await artist.draw(picture, job.texts);
      signal.throwIfAborted();
      const key = memeKey(meme_id);
      const written = await output.create({ key, body: png, contentType: 'image/png' });
      await results.publish({
        event_type: 'meme_drawn',
        ...about,
        picture: { bucket: output.bucket, key },
        width,
        height,
      });
      return { outcome: written ? 'drawn' : 'already_drawn', details: { picture: key, width, height } };
    } catch (error) {
      if (error instanceof PermanentFailure) await tellOnce(about, error.message);
      throw error;
    }
  };

  async function tellOnce(about: Pick<MemeEvent, keyof MemeEvent & keyof DrawMeme>, reason: string) {
    const key = memeFailureKey(about.meme_id);
    if (await output.has(key)) return;
    await results.publish({ event_type: 'meme_failed', ...about, reason: reason.slice(0, 1_000) });
    await output.create({ key, body: JSON.stringify({ ...about, reason }), contentType: 'application/json' });
  }
}

export const job = defineJob({
  contract: drawMemeJob,
  subject: ({ meme_id, upload, correlation_id }) => ({ meme_id, object_key: upload.key, correlation_id }),
  async open({ OUTPUT_BUCKET, TOPIC_ARN }) {
    // Loaded here: no other kind of job should.
    const { SharpMemeArtist } = await import('../memes/meme-artist.ts');
    const s3 = s3Client();
    const sns = snsClient();
    return {
      run: memeDrawing({
        uploads: new S3ObjectReader(s3),
        output: new S3ResultStore(s3, OUTPUT_BUCKET),
        artist: await SharpMemeArtist.load(),
        results: new SnsEventPublisher<MemeEvent>(sns, TOPIC_ARN, event => memeEvents.encode(event)),
      }),
      close() {
        s3.destroy();
        sns.destroy();
      },
    };
  },
});
