import { mkdtempSync, rmSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { build, type Metafile } from 'esbuild';
import { LocalSqs } from './support/local-sqs.ts';
import { until } from './support/until.ts';
import { Ledger, WorkerChild } from './support/worker-child.ts';

const repository = resolve(import.meta.dirname, '../..');
const folder = mkdtempSync(join(tmpdir(), 'worker-bundle-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** One file with everything inside, the AWS SDK included: an instance has nothing but Node.js. */
async function bundle(entry: string, file: string): Promise<Metafile> {
  const { metafile } = await build({
    entryPoints: [join(repository, entry)],
    outfile: join(folder, file),
    bundle: true,
    minify: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    // The SDK's ES modules: its CommonJS ones are half as large again, and `require` Node's own modules.
    mainFields: ['module', 'main'],
    metafile: true,
    absWorkingDir: repository,
    logLevel: 'silent',
  });
  return metafile;
}

describe('the bundled worker', () => {
  it('is one file below 600 KB that needs nothing but Node.js', async () => {
    const { outputs } = await bundle('worker/main.ts', 'main.mjs');
    const [output] = Object.values(outputs);

    expect(Object.keys(outputs)).toHaveLength(1);
    expect(output?.bytes).toBeLessThan(600_000);
    const imported = output?.imports.map(({ path }) => path.replace('node:', '')) ?? [];
    expect(imported.filter(path => !builtinModules.includes(path))).toEqual([]);
  });

  it('does jobs in a folder of its own', async () => {
    await bundle('test/worker/fixtures/main.ts', 'worker.mjs');
    const sqs = await LocalSqs.start();
    const ledger = new Ledger();
    const queue = await sqs.createQueue('bundled');
    await queue.send({ id: 'a', text: 'hello' });
    const child = new WorkerChild(
      { QUEUE_URL: queue.url, LEDGER_FILE: ledger.path },
      join(folder, 'worker.mjs'),
    );
    try {
      await until('the job is done', () => ledger.of('a', 'digested')[0], 15_000);
      child.signal('SIGTERM');
      expect(await child.exited).toBe(0);
      expect(child.metric('JobsDone')).toBe(1);
    } finally {
      await child.end();
      ledger.remove();
      await sqs.close();
    }
  }, 30_000);
});
