import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { jobs, pickJob } from '../../worker/job-registry.ts';
import { digestTextJob } from './fixtures/digest-text.ts';

const digestText = () => import('./fixtures/digest-text.ts');

describe('pickJob', () => {
  it('loads the job by its name', async () => {
    expect((await pickJob('digest-text', { 'digest-text': digestText })).kind).toBe(digestTextJob.kind);
  });

  it.each(['digest', 'constructor'])('fails for %s, naming the kinds that there are', async kind => {
    await expect(pickJob(kind, { 'digest-text': digestText })).rejects.toThrow(
      `JOB is "${kind}", which this worker does not know. Known: digest-text.`,
    );
  });

  it('fails when the registry has the job under another name', async () => {
    await expect(pickJob('digest', { digest: digestText })).rejects.toThrow(
      'The registry gives the job "digest-text" for "digest".',
    );
  });
});

describe('jobs', () => {
  const folder = join(import.meta.dirname, '../../worker/jobs');

  it('holds every file of worker/jobs under the name of its kind', async () => {
    const files = existsSync(folder) ? readdirSync(folder, { withFileTypes: true }) : [];
    const kinds = files.filter(file => file.isFile()).map(file => file.name.replace(/\.ts$/, ''));
    expect(Object.keys(jobs).sort()).toEqual(kinds.sort());
    for (const kind of kinds) expect((await pickJob(kind, jobs)).kind).toBe(kind);
  });
});
