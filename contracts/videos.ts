import * as v from 'valibot';
import { objectNotification, testNotification } from './bucket-notifications.ts';
import { required } from './environment.ts';
import { objectId, storedObject } from './stored-objects.ts';
import type { JobContract } from './worker.ts';

/**
 * What is taken for a video, by its first bytes: a film in the ISO container (MP4, QuickTime), or a moving
 * picture that is whole in one file.
 */
export const videoFormats = ['mp4', 'gif', 'webp'] as const;

export type VideoFormat = (typeof videoFormats)[number];

/** A film is read in pieces, however large it is; S3 takes objects of up to 50 TB. */
export const maxFilmBytes = 100 * 1_024 ** 3;

/** A moving picture is read whole. */
export const maxMovingPictureBytes = 50 * 1_024 ** 2;

const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));

const makeStoryboard = v.object({
  /** That of the upload; names the results. */
  video_id: objectId,
  video: storedObject,
  size: count,
  format: v.picklist(videoFormats),
  correlation_id: v.pipe(v.string(), v.minLength(1), v.maxLength(128)),
});

export type MakeStoryboard = v.InferOutput<typeof makeStoryboard>;

const makeStoryboardEnvironment = v.object({
  /** Bucket of the results. */
  OUTPUT_BUCKET: required,
});

/** Asks a worker to look through a video and to make its storyboard. */
export const makeStoryboardJob: JobContract<MakeStoryboard, typeof makeStoryboardEnvironment> = {
  kind: 'make-storyboard',
  message: makeStoryboard,
  environment: makeStoryboardEnvironment,
};

/** S3's notice of uploads, or of itself when the notification was set up. */
const uploadNotice = v.lazy((input: unknown) =>
  v.is(v.object({ Event: v.string() }), input) ? testNotification : objectNotification,
);

export type UploadNotice = v.InferOutput<typeof testNotification> | v.InferOutput<typeof objectNotification>;

const admitVideoEnvironment = v.object({
  /** Queue of the jobs to make storyboards. */
  JOBS_QUEUE_URL: v.pipe(v.string(), v.url()),
  OUTPUT_BUCKET: required,
});

/** Asks a worker to look at what was uploaded, and to have the videos among it worked on. */
export const admitVideoJob: JobContract<UploadNotice, typeof admitVideoEnvironment> = {
  kind: 'admit-video',
  message: uploadNotice,
  environment: admitVideoEnvironment,
};

/** Folder of the results in the output bucket. */
export const videoResultsPrefix = 'videos/';

/** Where it is written what became of a video, once nothing more will. */
export function videoReportKey(videoId: string): string {
  return `${videoResultsPrefix}${videoId}/report.json`;
}

/** Where it is written why a video could not be worked on. */
export function videoFailureKey(videoId: string): string {
  return `${videoResultsPrefix}${videoId}/failure.json`;
}

export function storyboardKey(videoId: string): string {
  return `${videoResultsPrefix}${videoId}/storyboard.png`;
}

/** What a video is, as its file says. */
const filmFacts = v.object({
  format: v.picklist(videoFormats),
  /** Four characters that name the coding of a film's pictures: `avc1`, `jpeg`. */
  codec: v.string(),
  width: count,
  height: count,
  duration_seconds: v.pipe(v.number(), v.minValue(0)),
  frames: count,
});

export type FilmFacts = v.InferOutput<typeof filmFacts>;

const about = { video_id: objectId, video: storedObject };

/** What became of a video; the content of its report. */
export const videoReport = v.variant('status', [
  v.object({
    status: v.literal('processed'),
    ...about,
    facts: filmFacts,
    /** There is none where the pictures are in a coding that is not decoded here. */
    storyboard: v.nullable(
      v.object({ picture: storedObject, at_seconds: v.array(v.pipe(v.number(), v.minValue(0))) }),
    ),
  }),
  /** Not taken for a video; nothing was done with it. */
  v.object({ status: v.literal('refused'), ...about, reason: v.string() }),
]);

export type VideoReport = v.InferOutput<typeof videoReport>;

/** A report as it is written. */
export function encodeVideoReport(report: VideoReport): string {
  return JSON.stringify(report, null, 2);
}
