import sharp from 'sharp';
import * as v from 'valibot';
import { objectIdOf } from '../../../contracts/stored-objects.ts';
import {
  type MakeStoryboard,
  makeStoryboardJob,
  storyboardKey,
  videoFailureKey,
  videoReport,
  videoReportKey,
} from '../../../contracts/videos.ts';
import { filmOf } from '../../../local/scenarios/video-processing/film-writer.ts';
import { ImpossibleJobError } from '../../../worker/failures.ts';
import { job, storyboardMaking } from '../../../worker/jobs/make-storyboard.ts';
import { delivery } from '../support/deliveries.ts';
import { ResultsInMemory, UploadsInMemory } from '../support/objects-in-memory.ts';

const video = { bucket: 'uploads', key: 'incoming/film.mov', version_id: 'v1' };
const video_id = objectIdOf(video);
const report = videoReportKey(video_id);
const storyboard = storyboardKey(video_id);
const failure = videoFailureKey(video_id);

async function film(): Promise<Uint8Array> {
  const still = await sharp({ create: { width: 64, height: 48, channels: 3, background: '#306090' } })
    .jpeg()
    .toBuffer();
  return filmOf([still, still, still], { width: 64, height: 48, framesPerSecond: 1 });
}

async function bench(content: Promise<Uint8Array> | Uint8Array = film()) {
  const uploads = new UploadsInMemory();
  const output = new ResultsInMemory();
  const bytes = await content;
  uploads.contents.set(video.key, bytes);
  const make = storyboardMaking({ uploads, output, openPicture: sharp });
  const message: MakeStoryboard = {
    video_id,
    video,
    size: bytes.length,
    format: 'mp4',
    correlation_id: 'request-1',
  };
  return {
    uploads,
    output,
    run: (changes: Partial<MakeStoryboard> = {}, signal = delivery().signal) =>
      make({ ...message, ...changes }, { signal }),
  };
}

describe('a video whose frames can be looked at', () => {
  it('gets a storyboard and a report, under keys that follow from its upload', async () => {
    const { run, output } = await bench();
    expect(await run()).toEqual({
      outcome: 'made',
      details: { codec: 'jpeg', duration_s: 3, frames: 3, storyboard },
    });
    expect(v.parse(videoReport, output.json(report))).toEqual({
      status: 'processed',
      video_id,
      video,
      facts: { format: 'mp4', codec: 'jpeg', width: 64, height: 48, duration_seconds: 3, frames: 3 },
      storyboard: { picture: { bucket: 'results', key: storyboard }, at_seconds: [0, 1, 2] },
    });
    const png = output.objects.get(storyboard)?.body as Uint8Array;
    expect(await sharp(png).metadata()).toMatchObject({ format: 'png', width: 3 * 328 + 8 });
  });

  it('is worked on once, however often its job comes', async () => {
    const { run, output, uploads } = await bench();
    await run();
    const reads = uploads.reads.length;
    expect(await run()).toEqual({ outcome: 'already_made' });
    expect(uploads.reads).toHaveLength(reads);
    expect([...output.objects.keys()].sort()).toEqual([report, storyboard]);
  });

  it('is finished by the next worker when the one before died before it reported', async () => {
    const { run, output } = await bench();
    await run();
    output.objects.delete(report);
    expect(await run()).toMatchObject({ outcome: 'made' });
    expect(output.objects.has(report)).toBe(true);
  });

  it('is not reported on by a worker that has to stop', async () => {
    const { run, output } = await bench();
    const stopped = AbortSignal.abort(new Error('The worker stops'));
    await expect(run({}, stopped)).rejects.toThrow('The worker stops');
    expect(output.objects.size).toBe(0);
  });

  it('may be a moving picture', async () => {
    const gif = await sharp({ create: { width: 30, height: 20, channels: 3, background: '#309060' } })
      .gif()
      .toBuffer();
    const { run, output } = await bench(gif);
    expect(await run({ format: 'gif' })).toMatchObject({
      outcome: 'made',
      details: { codec: 'gif', frames: 1 },
    });
    expect(v.parse(videoReport, output.json(report))).toMatchObject({ facts: { format: 'gif', width: 30 } });
  });
});

describe('a video in a coding that is not decoded here', () => {
  it('is reported on without a storyboard', async () => {
    const bytes = Buffer.from(await film());
    bytes.write('hvc1', bytes.indexOf('jpeg'), 'latin1');
    const { run, output } = await bench(bytes);
    expect(await run()).toMatchObject({ outcome: 'probed', details: { codec: 'hvc1' } });
    expect(v.parse(videoReport, output.json(report))).toMatchObject({
      storyboard: null,
      facts: { codec: 'hvc1' },
    });
    expect(output.objects.size).toBe(1);
  });
});

describe('a video that can never be worked on', () => {
  it('fails at every delivery, and why is noted once', async () => {
    const { run, output } = await bench((await film()).subarray(0, 200));
    for (let receive = 1; receive <= 3; receive++) await expect(run()).rejects.toThrow(ImpossibleJobError);
    expect(output.json(failure)).toEqual({
      video_id,
      video,
      reason: expect.stringContaining('no sound box'),
    });
    expect([...output.objects.keys()]).toEqual([failure]);
  });

  it('may be one that was deleted', async () => {
    const { run, uploads, output } = await bench();
    uploads.contents.clear();
    await expect(run()).rejects.toThrow('incoming/film.mov is not there any more.');
    expect(output.json(failure)).toMatchObject({ reason: expect.stringContaining('not there') });
  });
});

describe('the kind make-storyboard', () => {
  it('is known by the name in its contract, and does not open without its bucket', async () => {
    expect(job.kind).toBe(makeStoryboardJob.kind);
    await expect(job.open({})).rejects.toThrow('OUTPUT_BUCKET is not set');
  });
});
