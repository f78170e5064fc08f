import fc from 'fast-check';
import type { ObjectChange } from '../../../contracts/bucket-notifications.ts';
import type { UploadResult } from '../../../contracts/uploads.ts';
import { DamagedUploadError } from '../../../lambda/file-uploads/describe.ts';
import type { UploadState } from '../../../lambda/file-uploads/domain/upload.ts';
import { NotAnUploadError, uploadProcessing } from '../../../lambda/file-uploads/upload-processing.ts';
import { DependencyDownError } from '../../../lambda/shared/failures.ts';
import { InMemoryStates } from '../../support/in-memory-states.ts';
import { sha256Of, VersionedBucket } from '../../support/versioned-bucket.ts';

const key = 'incoming/a.txt';
const delivery = { id: 'delivery', remainingTimeInMs: () => 15_000 };

/** A bucket, and whatever the processing makes of it. */
class Bench {
  readonly bucket = new VersionedBucket();
  readonly uploads = new InMemoryStates<UploadState>();
  readonly results = new Map<string, UploadResult>();
  /** How often each result was written. */
  readonly writes: string[] = [];
  beforeResult: () => unknown = () => undefined;
  readonly process = uploadProcessing({
    bucket: this.bucket.name,
    uploads: this.uploads,
    objects: this.bucket,
    results: {
      write: async (resultKey, result) => {
        await this.beforeResult();
        this.writes.push(resultKey);
        this.results.set(resultKey, result);
      },
    },
    maxObjectBytes: 100,
  });

  async outcome(change: ObjectChange): Promise<string> {
    return (await this.process(change, delivery)).outcome;
  }

  state(ofKey = key): UploadState | undefined {
    return this.uploads.states.get(ofKey)?.state;
  }
}

describe('uploadProcessing', () => {
  let bench: Bench;
  beforeEach(() => {
    bench = new Bench();
  });

  it('records what it finds in an upload, and writes it as a result', async () => {
    const change = bench.bucket.put(key, 'hello', { declaredType: 'text/plain' });

    const handled = await bench.process(change, delivery);

    expect(handled).toEqual({
      outcome: 'described',
      details: {
        object_key: key,
        change: 'created',
        version_id: change.version_id,
        sequencer: change.sequencer,
        correlation_id: change.request_id,
        result_key: `results/a.txt/${change.version_id}.json`,
        size: 5,
      },
    });
    expect(bench.state()).toMatchObject({ status: 'described', sha256: sha256Of('hello'), size: 5 });
    expect([...bench.results]).toEqual([
      [
        `results/a.txt/${change.version_id}.json`,
        {
          bucket: 'uploads',
          key,
          version_id: change.version_id,
          size: 5,
          sha256: sha256Of('hello'),
          declared_type: 'text/plain',
          detected_type: 'text/plain',
          first_bytes: Buffer.from('hello').toString('hex'),
          uploaded_at: '2026-01-02T03:04:05.000Z',
        },
      ],
    ]);
  });

  it('reads an upload once, however often it hears of it', async () => {
    const change = bench.bucket.put(key, 'hello');

    expect(await bench.outcome(change)).toBe('described');
    expect(await bench.outcome(change)).toBe('already_known');
    expect(bench.bucket.read).toEqual([`${key}@${change.version_id}`]);
    expect(bench.writes).toHaveLength(1);
  });

  it('does not go back to an older version that it hears of later', async () => {
    const first = bench.bucket.put(key, 'one');
    const second = bench.bucket.put(key, 'two');

    expect(await bench.outcome(second)).toBe('described');
    expect(await bench.outcome(first)).toBe('outdated');
    expect(bench.state()).toMatchObject({ version_id: second.version_id, sha256: sha256Of('two') });
    expect(bench.bucket.read).toEqual([`${key}@${second.version_id}`]);
  });

  it('records that an object was deleted, and that it came back with its delete marker gone', async () => {
    const put = bench.bucket.put(key, 'hello');
    await bench.outcome(put);

    const marker = bench.bucket.hide(key);
    expect(await bench.outcome(marker)).toBe('deleted');
    expect(bench.state()).toMatchObject({ status: 'deleted', version_id: marker.version_id });

    expect(await bench.outcome(bench.bucket.deleteVersion(key, marker.version_id))).toBe('restored');
    expect(bench.state()).toMatchObject({ status: 'described', version_id: put.version_id });
  });

  it('stays with the version that the key leads to when an older one is deleted for good', async () => {
    const first = bench.bucket.put(key, 'one');
    const second = bench.bucket.put(key, 'two');
    await bench.outcome(second);

    expect(await bench.outcome(bench.bucket.deleteVersion(key, first.version_id))).toBe(
      'old_version_deleted',
    );
    expect(await bench.outcome(first)).toBe('outdated');
    expect(bench.state()).toMatchObject({ status: 'described', version_id: second.version_id });
  });

  it('records an object that is gone before it is read', async () => {
    const put = bench.bucket.put(key, 'hello');
    const deletion = bench.bucket.deleteVersion(key, put.version_id);

    expect(await bench.outcome(put)).toBe('gone');
    expect(bench.state()).toMatchObject({ status: 'gone', version_id: put.version_id });
    expect(bench.results.size).toBe(0);
    expect(await bench.outcome(deletion)).toBe('deleted');
  });

  it('records an object that is too large, and reads none of it', async () => {
    const put = bench.bucket.put(key, 'x'.repeat(101));

    expect(await bench.outcome(put)).toBe('too_large');
    expect(bench.state()).toMatchObject({ status: 'too_large', size: 101 });
    expect(bench.bucket.read).toEqual([]);
    expect(bench.bucket.discarded).toEqual([`${key}@${put.version_id}`]);
    expect(await bench.outcome(bench.bucket.put(key, 'x'.repeat(100)))).toBe('described');
  });

  it('fails for good on content that is not what was stated, and leaves no trace of it', async () => {
    const put = bench.bucket.put(key, 'hellO', { statedDigest: sha256Of('hello') });

    await expect(bench.process(put, delivery)).rejects.toThrow(DamagedUploadError);
    expect(bench.state()).toBeUndefined();
    expect(bench.results.size).toBe(0);
  });

  it('has nothing left to do for a damaged upload once it was uploaded again', async () => {
    const damaged = bench.bucket.put(key, 'hellO', { statedDigest: sha256Of('hello') });
    await bench.outcome(bench.bucket.put(key, 'hello', { statedDigest: sha256Of('hello') }));

    expect(await bench.outcome(damaged)).toBe('outdated');
  });

  it.each([
    ['of another bucket', { bucket: 'others' }],
    ['of its own results', { key: 'results/a.txt/v1.json' }],
    ['of another part of its bucket', { key: 'incoming.txt' }],
  ])('refuses notifications %s, for good', async (_case, overrides) => {
    const change = { ...bench.bucket.put(key, 'hello'), ...overrides };

    await expect(bench.process(change, delivery)).rejects.toThrow(NotAnUploadError);
    expect(bench.uploads.states.size).toBe(0);
  });

  it('writes the result before the record, so that a death in between is made good', async () => {
    const put = bench.bucket.put(key, 'hello');
    bench.uploads.beforeWrite = () => {
      throw new DependencyDownError('DynamoDB is down');
    };

    await expect(bench.process(put, delivery)).rejects.toThrow(DependencyDownError);
    expect(bench.results.size).toBe(1);

    bench.uploads.beforeWrite = () => undefined;
    expect(await bench.outcome(put)).toBe('described');
    expect(bench.results.size).toBe(1);
  });

  it('records nothing when the result cannot be written', async () => {
    const put = bench.bucket.put(key, 'hello');
    bench.beforeResult = () => {
      throw new DependencyDownError('S3 is down');
    };

    await expect(bench.process(put, delivery)).rejects.toThrow(DependencyDownError);
    expect(bench.state()).toBeUndefined();
  });

  it('records one of two deliveries at once, and lets the other find it', async () => {
    const put = bench.bucket.put(key, 'hello');

    const outcomes = await Promise.all([bench.outcome(put), bench.outcome(put)]);

    expect(outcomes.sort()).toEqual(['already_known', 'described']);
  });

  it('reads a version once, even if another delivery comes in between', async () => {
    const first = bench.bucket.put(key, 'one');
    const second = bench.bucket.put(key, 'two');
    let interfered = false;
    bench.uploads.beforeWrite = async () => {
      if (interfered) return;
      interfered = true;
      await bench.outcome(first);
    };

    expect(await bench.outcome(second)).toBe('described');
    expect(bench.bucket.read.filter(read => read.endsWith(second.version_id))).toHaveLength(1);
    expect(bench.state()).toMatchObject({ version_id: second.version_id });
  });

  it('leaves enough of the invocation to record what was read', async () => {
    let within = 0;
    const process = uploadProcessing({
      bucket: 'uploads',
      uploads: bench.uploads,
      objects: {
        latestVersion: async () => undefined,
        open: async (_key, _versionId, withinMs) => {
          within = withinMs;
          return undefined;
        },
      },
      results: { write: async () => undefined },
      maxObjectBytes: 1,
    });

    await process(bench.bucket.put(key, 'hello'), delivery);

    expect(within).toBe(10_000);
  });

  describe('whatever happens to an object, and in whatever order it is told', () => {
    type Step = 'put' | 'hide' | { readonly deleted: number };
    const step: fc.Arbitrary<Step> = fc.oneof(
      fc.constant('put' as const),
      fc.constant('hide' as const),
      fc.record({ deleted: fc.nat({ max: 5 }) }),
    );

    function happen(bucket: VersionedBucket, steps: readonly Step[]): void {
      for (const [index, each] of steps.entries()) {
        const versions = bucket.versions(key);
        if (each === 'put') bucket.put(key, `content ${index}`);
        else if (each === 'hide') bucket.hide(key);
        else if (versions.length > 0) {
          bucket.deleteVersion(key, versions[each.deleted % versions.length]?.versionId ?? '');
        }
      }
    }

    /** Each change is told once or twice, in any order. */
    function told(changes: readonly ObjectChange[], random: fc.Stream<number>): ObjectChange[] {
      const next = () => random.next().value ?? 0;
      return [...changes, ...changes.filter(() => next() % 2 === 0)]
        .map(change => ({ change, place: next() }))
        .sort((a, b) => a.place - b.place)
        .map(({ change }) => change);
    }

    function expectTheTruth({ bucket, uploads }: Bench): void {
      const state = uploads.states.get(key)?.state;
      const latest = bucket.versions(key).at(-1);
      if (latest?.content === undefined) expect(state?.status).toBe('deleted');
      else {
        expect(state).toMatchObject({
          status: 'described',
          version_id: latest.versionId,
          sha256: sha256Of(latest.content),
        });
      }
    }

    it('the record ends up saying what the key leads to', async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.array(step, { minLength: 1, maxLength: 8 }),
          fc.infiniteStream(fc.nat()),
          async (steps, random) => {
            const run = new Bench();
            happen(run.bucket, steps);
            fc.pre(run.bucket.changes.length > 0);

            for (const change of told(run.bucket.changes, random)) await run.outcome(change);

            expectTheTruth(run);
          },
        ),
        { numRuns: 300 },
      );
    });

    it('so it does when changes are told at the same time', async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.array(step, { minLength: 2, maxLength: 3 }),
          fc.infiniteStream(fc.nat()),
          async (steps, random) => {
            const run = new Bench();
            happen(run.bucket, steps);
            fc.pre(run.bucket.changes.length > 0);

            await Promise.all(
              told(run.bucket.changes, random).map(change => eventually(() => run.outcome(change))),
            );

            expectTheTruth(run);
          },
        ),
        { numRuns: 20 },
      );
    }, 20_000);
  });
});

/** A message that fails comes back. */
async function eventually<Result>(attempt: () => Promise<Result>): Promise<Result> {
  for (let tries = 1; ; tries++) {
    try {
      return await attempt();
    } catch (error) {
      if (tries === 20) throw error;
    }
  }
}
