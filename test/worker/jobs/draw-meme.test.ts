import {
  type DrawMeme,
  drawMemeJob,
  type MemeEvent,
  memeFailureKey,
  memeKey,
} from '../../../contracts/memes.ts';
import { objectIdOf } from '../../../contracts/stored-objects.ts';
import { DependencyDownError, ImpossibleJobError } from '../../../worker/failures.ts';
import { job, memeDrawing } from '../../../worker/jobs/draw-meme.ts';
import type { Meme } from '../../../worker/memes/meme-artist.ts';
import { delivery } from '../support/deliveries.ts';
import { ResultsInMemory, UploadsInMemory } from '../support/objects-in-memory.ts';

const upload = { bucket: 'uploads', key: 'incoming/cat.jpg', version_id: 'v1' };
const message: DrawMeme = {
  meme_id: objectIdOf(upload),
  upload,
  texts: { top: 'Top', bottom: 'Bottom' },
  owner: 'jane',
  correlation_id: 'request-1',
};
const picture = memeKey(message.meme_id);
const failure = memeFailureKey(message.meme_id);

/** The job with everything in memory, whose pictures a test can make fail. */
function bench() {
  const uploads = new UploadsInMemory();
  uploads.contents.set(upload.key, Buffer.from('a cat'));
  const output = new ResultsInMemory();
  const published: MemeEvent[] = [];
  const parts = {
    draw: async (bytes: Uint8Array): Promise<Meme> => ({
      png: Buffer.from(`meme of ${Buffer.from(bytes)}`),
      width: 12,
      height: 9,
    }),
    publish: async (event: MemeEvent): Promise<void> => void published.push(event),
  };
  const run = memeDrawing({
    uploads,
    output,
    artist: { draw: bytes => parts.draw(bytes) },
    results: { publish: event => parts.publish(event) },
  });
  return { uploads, output, published, parts, run: (signal = delivery().signal) => run(message, { signal }) };
}

const about = { meme_id: message.meme_id, upload, owner: 'jane', correlation_id: 'request-1' };
const drawnEvent = {
  event_type: 'meme_drawn',
  ...about,
  picture: { bucket: 'results', key: picture },
  width: 12,
  height: 9,
};

describe('a meme that can be drawn', () => {
  it('is written under a key that follows from its upload, and its owner is told', async () => {
    const { run, output, published } = bench();
    expect(await run()).toEqual({ outcome: 'drawn', details: { picture, width: 12, height: 9 } });
    expect(output.objects.get(picture)).toMatchObject({
      body: Buffer.from('meme of a cat'),
      contentType: 'image/png',
    });
    expect(published).toEqual([drawnEvent]);
  });

  it('is written once when its job is done twice at the same time', async () => {
    const { run, output, published } = bench();
    const outcomes = await Promise.all([run(), run()]);
    expect(outcomes.map(({ outcome }) => outcome).sort()).toEqual(['already_drawn', 'drawn']);
    expect(output.objects.size).toBe(1);
    expect(published).toEqual([drawnEvent, drawnEvent]);
  });

  it('is told of by the next worker when the one before died between writing and telling', async () => {
    const { run, parts, published } = bench();
    const { publish } = parts;
    parts.publish = () => Promise.reject(new Error('killed'));
    await expect(run()).rejects.toThrow('killed');
    parts.publish = publish;
    expect(await run()).toMatchObject({ outcome: 'already_drawn' });
    expect(published).toEqual([drawnEvent]);
  });

  it('is not written any more when the worker lost its message meanwhile', async () => {
    const { run, parts, output, published } = bench();
    const lost = new AbortController();
    const { draw } = parts;
    parts.draw = async bytes => {
      lost.abort(new Error('Another worker has the message'));
      return draw(bytes);
    };
    await expect(run(lost.signal)).rejects.toThrow('Another worker has the message');
    expect(output.objects.size).toBe(0);
    expect(published).toEqual([]);
  });
});

describe('a meme that can never be drawn', () => {
  const reason = 'The picture cannot be read: it breaks off';
  const failedEvent = { event_type: 'meme_failed', ...about, reason };

  function impossible() {
    const parts = bench();
    parts.parts.draw = () => Promise.reject(new ImpossibleJobError(reason));
    return parts;
  }

  it('fails for good, and its owner is told why', async () => {
    const { run, output, published } = impossible();
    await expect(run()).rejects.toThrow(ImpossibleJobError);
    expect(published).toEqual([failedEvent]);
    expect(output.json(failure)).toEqual({ ...about, reason });
    expect(output.objects.has(picture)).toBe(false);
  });

  it('is told of once, however often its message comes back', async () => {
    const { run, published } = impossible();
    for (let receive = 1; receive <= 5; receive++) await expect(run()).rejects.toThrow(reason);
    expect(published).toEqual([failedEvent]);
  });

  it('is told of at the next delivery when SNS was down at the first', async () => {
    const { run, parts, published, output } = impossible();
    const { publish } = parts;
    parts.publish = () => Promise.reject(new DependencyDownError('SNS did not answer'));
    await expect(run()).rejects.toThrow(DependencyDownError);
    expect(output.objects.size).toBe(0);
    parts.publish = publish;
    await expect(run()).rejects.toThrow(ImpossibleJobError);
    expect(published).toEqual([failedEvent]);
  });

  it('is drawn after all when a later version of the worker can', async () => {
    const { run, parts, published } = impossible();
    const draw = parts.draw;
    await expect(run()).rejects.toThrow(reason);
    parts.draw = async () => ({ png: Buffer.from('mended'), width: 12, height: 9 });
    expect(await run()).toMatchObject({ outcome: 'drawn' });
    expect(published).toEqual([failedEvent, drawnEvent]);
    expect(draw).not.toBe(parts.draw);
  });

  it('has lost its upload', async () => {
    const { run, uploads, published } = bench();
    uploads.contents.clear();
    await expect(run()).rejects.toThrow('incoming/cat.jpg is not there any more.');
    expect(published).toMatchObject([
      { event_type: 'meme_failed', reason: expect.stringContaining('not there') },
    ]);
  });

  it('has an upload that is larger than is read', async () => {
    const { run, uploads, published } = bench();
    uploads.contents.set(upload.key, new Uint8Array(20 * 1_024 * 1_024 + 1));
    await expect(run()).rejects.toThrow('20971521 bytes');
    expect(published).toHaveLength(1);
  });
});

describe('what passes', () => {
  it('is not told to the owner', async () => {
    const { run, parts, published } = bench();
    parts.draw = () => Promise.reject(new DependencyDownError('S3 did not answer'));
    await expect(run()).rejects.toThrow(DependencyDownError);
    expect(published).toEqual([]);
  });
});

describe('the kind draw-meme', () => {
  it('is known by the name in its contract', () => {
    expect(job.kind).toBe(drawMemeJob.kind);
  });

  it('does not open without its bucket and its topic', async () => {
    await expect(job.open({})).rejects.toThrow(/OUTPUT_BUCKET is not set.*TOPIC_ARN is not set/);
  });
});
