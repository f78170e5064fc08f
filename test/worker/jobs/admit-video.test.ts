import * as v from 'valibot';
import { objectIdOf } from '../../../contracts/stored-objects.ts';
import {
  admitVideoJob,
  type MakeStoryboard,
  maxMovingPictureBytes,
  type UploadNotice,
  videoReportKey,
} from '../../../contracts/videos.ts';
import { DependencyDownError } from '../../../worker/failures.ts';
import { job, videoAdmission } from '../../../worker/jobs/admit-video.ts';
import { ResultsInMemory, UploadsInMemory } from '../support/objects-in-memory.ts';

/** What S3 writes when an object came, or when what it names happened. */
function notification(key: string, eventName = 'ObjectCreated:Put', versionId = 'v1') {
  return {
    eventVersion: '2.1',
    eventSource: 'aws:s3',
    eventName,
    eventTime: '2026-01-01T00:00:00.000Z',
    responseElements: { 'x-amz-request-id': 'request-1' },
    s3: { bucket: { name: 'uploads' }, object: { key, versionId, sequencer: '0055AED6DCD90281E5' } },
  };
}

const noticeOf = (...records: object[]): UploadNotice => v.parse(admitVideoJob.message, { Records: records });

function bench() {
  const uploads = new UploadsInMemory();
  const output = new ResultsInMemory();
  const sent: MakeStoryboard[] = [];
  const queue = { send: async (message: MakeStoryboard): Promise<void> => void sent.push(message) };
  const admit = videoAdmission({ uploads, output, jobs: { send: message => queue.send(message) } });
  return { uploads, output, sent, queue, admit };
}

const film = Buffer.from('\0\0\0\x18ftypmp42 and so on', 'latin1');
const video = { bucket: 'uploads', key: 'incoming/a film.mp4', version_id: 'v1' };

describe('an upload', () => {
  it('that is a video becomes a job', async () => {
    const { uploads, sent, admit, output } = bench();
    uploads.contents.set(video.key, film);
    expect(await admit(noticeOf(notification('incoming/a+film.mp4')))).toEqual({ outcome: 'admitted' });
    expect(sent).toEqual([
      { video_id: objectIdOf(video), video, size: film.length, format: 'mp4', correlation_id: 'request-1' },
    ]);
    expect(output.objects.size).toBe(0);
  });

  it('is looked at by its first bytes alone', async () => {
    const { uploads, admit } = bench();
    uploads.contents.set(video.key, Buffer.concat([film, Buffer.alloc(1_000_000)]));
    await admit(noticeOf(notification('incoming/a+film.mp4')));
    expect(uploads.reads).toEqual([12]);
  });

  it.each([
    ['no video', Buffer.from('%PDF-1.7, and more of it'), /It is no video that is taken/],
    ['empty', new Uint8Array(), /It is no video/],
    [
      'a moving picture that is too large',
      Buffer.concat([Buffer.from('GIF89a'), Buffer.alloc(maxMovingPictureBytes)]),
      /has 52,428,806 bytes; a video in gif may have 52,428,800/,
    ],
  ])('that is %s is refused, and that is reported', async (_, content, reason) => {
    const { uploads, sent, admit, output } = bench();
    uploads.contents.set(video.key, content);
    expect(await admit(noticeOf(notification('incoming/a+film.mp4')))).toEqual({ outcome: 'refused' });
    expect(sent).toEqual([]);
    expect(output.json(videoReportKey(objectIdOf(video)))).toEqual({
      status: 'refused',
      video_id: objectIdOf(video),
      video,
      reason: expect.stringMatching(reason),
    });
  });

  it('that was deleted before anybody looked is passed over', async () => {
    const { sent, admit } = bench();
    expect(await admit(noticeOf(notification('incoming/gone.mp4')))).toEqual({ outcome: 'gone' });
    expect(sent).toEqual([]);
  });

  it.each(['ObjectRemoved:DeleteMarkerCreated', 'ObjectRemoved:Delete'])(
    'of which %s is told is passed over',
    async name => {
      const { sent, admit } = bench();
      expect(await admit(noticeOf(notification('incoming/a+film.mp4', name)))).toEqual({
        outcome: 'passed_over',
      });
      expect(sent).toEqual([]);
    },
  );

  it('is admitted with each version of its own', async () => {
    const { uploads, sent, admit } = bench();
    uploads.contents.set(video.key, film);
    await admit(noticeOf(notification('incoming/a+film.mp4')));
    await admit(noticeOf(notification('incoming/a+film.mp4', 'ObjectCreated:Put', 'v2')));
    expect(new Set(sent.map(({ video_id }) => video_id)).size).toBe(2);
  });
});

describe('a notice', () => {
  it('of several uploads is settled as a whole', async () => {
    const { uploads, sent, admit } = bench();
    uploads.contents.set('incoming/1.mp4', film);
    uploads.contents.set('incoming/2.txt', Buffer.from('a text, no video'));
    const outcome = await admit(noticeOf(notification('incoming/1.mp4'), notification('incoming/2.txt')));
    expect(outcome).toEqual({ outcome: 'admitted', details: { outcomes: ['admitted', 'refused'] } });
    expect(sent).toHaveLength(1);
  });

  it('comes back when the queue of jobs is down, and its job is then sent', async () => {
    const { uploads, sent, queue, admit } = bench();
    uploads.contents.set(video.key, film);
    const { send } = queue;
    queue.send = () => Promise.reject(new DependencyDownError('SQS did not answer'));
    const notice = noticeOf(notification('incoming/a+film.mp4'));
    await expect(admit(notice)).rejects.toThrow(DependencyDownError);
    queue.send = send;
    await admit(notice);
    expect(sent).toHaveLength(1);
  });

  it('of the notification itself is acknowledged', async () => {
    const { admit } = bench();
    const notice = v.parse(admitVideoJob.message, {
      Service: 'Amazon S3',
      Event: 's3:TestEvent',
      Bucket: 'uploads',
    });
    expect(await admit(notice)).toEqual({ outcome: 'test_event' });
  });

  it.each([{}, { Records: [] }, { Event: 's3:Other' }, { Records: [{ eventSource: 'aws:sns' }] }])(
    'is not %j',
    body => {
      expect(v.is(admitVideoJob.message, body)).toBe(false);
    },
  );
});

describe('the kind admit-video', () => {
  it('is known by the name in its contract, and does not open without its queue and bucket', async () => {
    expect(job.kind).toBe(admitVideoJob.kind);
    await expect(job.open({})).rejects.toThrow(/JOBS_QUEUE_URL is not set.*OUTPUT_BUCKET is not set/);
  });

  it('names what a notice is about in the log, whatever its kind', async () => {
    const open = await job.open({
      JOBS_QUEUE_URL: 'http://127.0.0.1:1/jobs',
      OUTPUT_BUCKET: 'results',
      AWS_REGION: 'eu-central-1',
    });
    expect(open.parse(JSON.stringify({ Records: [notification('incoming/a+b.mp4')] })).subject).toEqual({
      object_key: 'incoming/a b.mp4',
      correlation_id: 'request-1',
    });
    expect(
      open.parse(JSON.stringify({ Service: 'Amazon S3', Event: 's3:TestEvent', Bucket: 'uploads' })).subject,
    ).toEqual({ bucket: 'uploads' });
    await open.close();
  });
});
