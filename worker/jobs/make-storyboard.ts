import {
  encodeVideoReport,
  type FilmFacts,
  type MakeStoryboard,
  makeStoryboardJob,
  maxMovingPictureBytes,
  storyboardKey,
  videoFailureKey,
  videoReportKey,
} from '../../contracts/videos.ts';
import { PermanentFailure } from '../failures.ts';
import { type Delivery, defineJob, type JobOutcome } from '../job.ts';
import type { ObjectReader, ResultStore } from '../objects/object-store.ts';
import { S3ObjectReader, S3ResultStore, s3Client } from '../objects/s3-objects.ts';
import type { OpenPicture } from '../pictures/sharp.ts';
import { openMovingPicture } from '../videos/moving-picture.ts';
import { openFilm } from '../videos/mp4/film.ts';
import { drawStoryboard } from '../videos/storyboard.ts';
import type { Video } from '../videos/video.ts';

export interface StoryboardPorts {
  readonly uploads: ObjectReader;
  readonly output: ResultStore;
  readonly openPicture: OpenPicture;
}

/**
 * Looks through a video, makes its storyboard where its frames can be looked at, and reports on it.
 *
 * The report is written last and under a key that follows from the upload: where it is, the job is done,
 * and whoever has the same job again leaves it at that. Why a video can never be worked on is noted beside
 * it, and the job fails at each delivery until its message is in the DLQ.
 */
export function storyboardMaking({ uploads, output, openPicture }: StoryboardPorts) {
  return async (job: MakeStoryboard, { signal }: Pick<Delivery, 'signal'>): Promise<JobOutcome> => {
    const { video_id, video } = job;
    const report = videoReportKey(video_id);
    if (await output.has(report)) return { outcome: 'already_made' };
    try {
      const { facts, frames } = await opened(job);
      signal.throwIfAborted();
      const storyboard = frames && (await drawStoryboard(frames, openPicture, signal));
      signal.throwIfAborted();
      const key = storyboardKey(video_id);
      if (storyboard) await output.create({ key, body: storyboard.png, contentType: 'image/png' });
      await output.create({
        key: report,
        body: encodeVideoReport({
          status: 'processed',
          video_id,
          video,
          facts,
          storyboard: storyboard
            ? { picture: { bucket: output.bucket, key }, at_seconds: [...storyboard.atSeconds] }
            : null,
        }),
        contentType: 'application/json',
      });
      return {
        outcome: storyboard ? 'made' : 'probed',
        details: { ...told(facts), ...(storyboard && { storyboard: key }) },
      };
    } catch (error) {
      if (error instanceof PermanentFailure) await noteFailure(job, error.message);
      throw error;
    }
  };

  function opened({ video, size, format }: MakeStoryboard): Promise<Video> {
    return format === 'mp4'
      ? openFilm({ size, read: (start, length) => uploads.readRange(video, start, length) })
      : uploads
          .read(video, maxMovingPictureBytes)
          .then(bytes => openMovingPicture(bytes, format, openPicture));
  }

  async function noteFailure({ video_id, video }: MakeStoryboard, reason: string): Promise<void> {
    await output.create({
      key: videoFailureKey(video_id),
      body: JSON.stringify({ video_id, video, reason }, null, 2),
      contentType: 'application/json',
    });
  }
}

/** What of a video is worth a place in the log. */
function told({ codec, duration_seconds, frames }: FilmFacts) {
  return { codec, duration_s: duration_seconds, frames };
}

export const job = defineJob({
  contract: makeStoryboardJob,
  subject: ({ video_id, video, correlation_id }) => ({ video_id, object_key: video.key, correlation_id }),
  async open({ OUTPUT_BUCKET }) {
    // Loaded here: no other kind of job should.
    const { loadSharp } = await import('../pictures/sharp.ts');
    const s3 = s3Client();
    return {
      run: storyboardMaking({
        uploads: new S3ObjectReader(s3),
        output: new S3ResultStore(s3, OUTPUT_BUCKET),
        openPicture: await loadSharp(),
      }),
      close: () => s3.destroy(),
    };
  },
});
