import type { ObjectChange } from '../../contracts/bucket-notifications.ts';
import { objectIdOf, type StoredObject } from '../../contracts/stored-objects.ts';
import {
  admitVideoJob,
  encodeVideoReport,
  type MakeStoryboard,
  maxFilmBytes,
  maxMovingPictureBytes,
  type UploadNotice,
  type VideoFormat,
  videoReportKey,
} from '../../contracts/videos.ts';
import { defineJob, type JobOutcome } from '../job.ts';
import { type JobSender, SqsJobSender, sqsClient } from '../messaging/job-sender.ts';
import { ObjectGoneError, type ObjectReader, type ResultStore } from '../objects/object-store.ts';
import { S3ObjectReader, S3ResultStore, s3Client } from '../objects/s3-objects.ts';
import { videoFormat, videoSignatureBytes } from '../videos/video-format.ts';

export interface AdmissionPorts {
  readonly uploads: ObjectReader;
  readonly output: ResultStore;
  readonly jobs: JobSender<MakeStoryboard>;
}

/**
 * Looks at what was uploaded, by its size and its first bytes, and sends a job for each video among it.
 * What is none is reported to be refused; what was deleted meanwhile is passed over.
 *
 * A notice that comes twice sends its jobs twice, which do no harm: the second finds the report.
 */
export function videoAdmission({ uploads, output, jobs }: AdmissionPorts) {
  return async (notice: UploadNotice): Promise<JobOutcome> => {
    if (!Array.isArray(notice)) return { outcome: 'test_event' };
    const outcomes: string[] = [];
    for (const change of notice) outcomes.push(await settle(change));
    return {
      outcome: outcomes[0] ?? 'nothing',
      ...(outcomes.length > 1 && { details: { outcomes } }),
    };
  };

  async function settle({ kind, bucket, key, version_id, request_id }: ObjectChange): Promise<string> {
    if (kind !== 'created') return 'passed_over';
    const video: StoredObject = { bucket, key, version_id };
    const video_id = objectIdOf(video);
    try {
      const size = await uploads.sizeOf(video);
      const format = videoFormat(await uploads.readRange(video, 0, videoSignatureBytes));
      const reason = refusal(format, size);
      if (format === undefined || reason !== undefined) {
        await output.create({
          key: videoReportKey(video_id),
          body: encodeVideoReport({ status: 'refused', video_id, video, reason: reason ?? '' }),
          contentType: 'application/json',
        });
        return 'refused';
      }
      await jobs.send({ video_id, video, size, format, correlation_id: request_id });
      return 'admitted';
    } catch (error) {
      if (error instanceof ObjectGoneError) return 'gone';
      throw error;
    }
  }
}

/** Why an upload is not taken; undefined where it is. */
function refusal(format: VideoFormat | undefined, size: number): string | undefined {
  if (format === undefined) return 'It is no video that is taken: MP4, QuickTime, GIF and WebP are.';
  const most = format === 'mp4' ? maxFilmBytes : maxMovingPictureBytes;
  return size > most
    ? `It has ${size.toLocaleString('en')} bytes; a video in ${format} may have ${most.toLocaleString('en')}.`
    : undefined;
}

export const job = defineJob({
  contract: admitVideoJob,
  subject: notice =>
    Array.isArray(notice)
      ? { object_key: notice[0]?.key, correlation_id: notice[0]?.request_id }
      : { bucket: notice.Bucket },
  open({ JOBS_QUEUE_URL, OUTPUT_BUCKET }) {
    const s3 = s3Client();
    const sqs = sqsClient(JOBS_QUEUE_URL);
    return {
      run: videoAdmission({
        uploads: new S3ObjectReader(s3),
        output: new S3ResultStore(s3, OUTPUT_BUCKET),
        jobs: new SqsJobSender<MakeStoryboard>(sqs, JOBS_QUEUE_URL),
      }),
      close() {
        s3.destroy();
        sqs.destroy();
      },
    };
  },
});
