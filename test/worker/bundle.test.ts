import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Metafile } from 'esbuild';
import sharp from 'sharp';
import { type DrawMeme, memeKey } from '../../contracts/memes.ts';
import { objectIdOf } from '../../contracts/stored-objects.ts';
import {
  bundleProgram,
  bundleWorker,
  shippedPackages,
  workerProgram,
} from '../../lib/constructs/fleet/worker-bundle.ts';
import { LocalAws } from './support/local-aws.ts';
import { until } from './support/until.ts';
import { Ledger, WorkerChild } from './support/worker-child.ts';

const folder = mkdtempSync(join(tmpdir(), 'worker-bundle-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('the bundled worker', () => {
  let aws: LocalAws;
  let made: Metafile;
  beforeAll(async () => {
    made = bundleWorker(folder);
    aws = await LocalAws.start();
  });
  afterAll(() => aws.close());

  it('is one program below 1.3 MB that needs Node.js and the packages beside it', () => {
    const [program, ...others] = Object.values(made.outputs);
    expect(others).toEqual([]);
    expect(program?.bytes).toBeLessThan(1_300_000);
    const imported = program?.imports.map(({ path }) => path.replace('node:', '')) ?? [];
    expect(imported.filter(path => !builtinModules.includes(path))).toEqual(['sharp']);
  });

  it('holds what its packages need, with their licences, and nothing of this machine', () => {
    const packages = join(folder, 'node_modules');
    for (const name of [...shippedPackages, 'detect-libc', 'semver', '@img/colour']) {
      expect(readdirSync(join(packages, name)).filter(file => /^licence|^license/i.test(file))).toHaveLength(
        1,
      );
    }
    expect(readFileSync(join(packages, '@fontsource/anton/LICENSE'), 'utf8')).toContain(
      'SIL Open Font License',
    );
    expect(existsSync(join(packages, `@img/sharp-${process.platform}-${process.arch}`))).toBe(false);
  });

  it('does jobs in a folder of its own', async () => {
    bundleProgram(resolve(import.meta.dirname, 'fixtures/main.ts'), join(folder, 'digest.mjs'));
    const ledger = new Ledger();
    const queue = await aws.sqs.createQueue('bundled');
    await queue.send({ id: 'a', text: 'hello' });
    const child = new WorkerChild(
      { QUEUE_URL: queue.url, LEDGER_FILE: ledger.path },
      join(folder, 'digest.mjs'),
    );
    try {
      await until('the job is done', () => ledger.of('a', 'digested')[0], 15_000);
      child.signal('SIGTERM');
      expect(await child.exited).toBe(0);
      expect(child.metric('JobsDone')).toBe(1);
    } finally {
      await child.end();
      ledger.remove();
    }
  }, 30_000);

  it('draws with what it brings along, where there is no native library', async () => {
    const upload = { bucket: await aws.createBucket('uploads'), key: 'incoming/blue.jpg' };
    const output = await aws.createBucket('memes');
    const picture = sharp({ create: { width: 320, height: 240, channels: 3, background: '#2060c0' } });
    await aws.put(upload.bucket, upload.key, await picture.jpeg().toBuffer());
    const { arn, queue: told } = await aws.createTopic('results');
    const jobs = await aws.sqs.createQueue('draw');
    const message: DrawMeme = {
      meme_id: objectIdOf(upload),
      upload,
      texts: { top: 'Drawn', bottom: 'in WebAssembly' },
      owner: 'jane',
      correlation_id: 'request-1',
    };
    await jobs.send(message);
    const child = new WorkerChild(
      {
        JOB: 'draw-meme',
        QUEUE_URL: jobs.url,
        AWS_ENDPOINT_URL: aws.endpoint,
        OUTPUT_BUCKET: output,
        TOPIC_ARN: arn,
      },
      join(folder, workerProgram),
    );
    try {
      const done = await until('the meme is drawn', () => child.find('Job done'), 30_000);
      expect(done).toMatchObject({ outcome: 'drawn', meme_id: message.meme_id, width: 1_200, height: 900 });
      const png = (await aws.get(output, memeKey(message.meme_id))) ?? new Uint8Array();
      expect(await sharp(png).metadata()).toMatchObject({ format: 'png', width: 1_200, height: 900 });
      const [event = ''] = await until('the owner is told', async () => {
        const events = await told.take();
        return events.length > 0 && events;
      });
      expect(JSON.parse(event)).toMatchObject({ event_type: 'meme_drawn', owner: 'jane' });
    } finally {
      await child.end();
    }
  }, 60_000);
});
