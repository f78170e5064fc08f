import type { ObjectChange } from '../../../contracts/bucket-notifications.ts';
import type { DrawMeme, MemeEvent } from '../../../contracts/memes.ts';
import { objectIdOf } from '../../../contracts/stored-objects.ts';
import { memeOrdering } from '../../../lambda/meme-factory/meme-ordering.ts';
import { DependencyDownError } from '../../../lambda/shared/failures.ts';

const change: ObjectChange = {
  kind: 'created',
  bucket: 'uploads',
  key: 'incoming/cat.jpg',
  version_id: 'v1',
  sequencer: '01',
  at: '2026-01-01T00:00:00.000Z',
  request_id: 'request-1',
};
const upload = { bucket: 'uploads', key: 'incoming/cat.jpg', version_id: 'v1' };
const meme_id = objectIdOf(upload);

function bench(metadata: Record<string, string> | undefined) {
  const sent: DrawMeme[] = [];
  const told: MemeEvent[] = [];
  const parts = { send: async (job: DrawMeme): Promise<void> => void sent.push(job) };
  const order = memeOrdering({
    uploads: { metadataOf: async () => metadata },
    jobs: { send: job => parts.send(job) },
    results: { publish: async event => void told.push(event) },
  });
  return { sent, told, parts, order };
}

const metadata = { 'top-text': 'Top', 'bottom-text': 'Bottom', owner: 'jane' };

describe('an upload', () => {
  it('with texts becomes a job, of this version of it', async () => {
    const { sent, told, order } = bench(metadata);
    expect(await order(change)).toMatchObject({ outcome: 'ordered', details: { meme_id } });
    expect(sent).toEqual([
      {
        meme_id,
        upload,
        texts: { top: 'Top', bottom: 'Bottom' },
        owner: 'jane',
        correlation_id: 'request-1',
      },
    ]);
    expect(told).toEqual([]);
  });

  it('that is told of twice is ordered under the same id', async () => {
    const { sent, order } = bench(metadata);
    await order(change);
    await order(change);
    expect(new Set(sent.map(job => job.meme_id)).size).toBe(1);
  });

  it('without texts is refused, and its owner told why', async () => {
    const { sent, told, order } = bench({ owner: 'jane' });
    expect(await order(change)).toMatchObject({ outcome: 'refused' });
    expect(sent).toEqual([]);
    expect(told).toMatchObject([{ event_type: 'meme_failed', meme_id, owner: 'jane', upload }]);
  });

  it('that is gone is passed over', async () => {
    const { sent, told, order } = bench(undefined);
    expect(await order(change)).toMatchObject({ outcome: 'gone' });
    expect([...sent, ...told]).toEqual([]);
  });

  it.each(['hidden', 'version_deleted'] as const)('that is %s is passed over', async kind => {
    const { sent, order } = bench(metadata);
    expect(await order({ ...change, kind })).toMatchObject({ outcome: 'passed_over' });
    expect(sent).toEqual([]);
  });

  it('comes back when the queue of jobs is down', async () => {
    const { parts, order } = bench(metadata);
    parts.send = () => Promise.reject(new DependencyDownError('SQS is down'));
    await expect(order(change)).rejects.toThrow(DependencyDownError);
  });
});
