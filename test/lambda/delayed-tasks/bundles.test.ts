import { resolve } from 'node:path';
import { build, type OutputFile } from 'esbuild';

const clients = {
  'take-tasks': ['client-dynamodb', 'client-scheduler', 'client-sqs', 'lib-dynamodb'],
  'run-tasks': ['client-dynamodb', 'client-sns', 'lib-dynamodb'],
};

/** A handler as the stack bundles it. */
async function bundle(handler: string) {
  const { outputFiles, metafile } = await build({
    entryPoints: [resolve(import.meta.dirname, `../../../lambda/delayed-tasks/${handler}.ts`)],
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    external: ['@aws-sdk/*'],
    outfile: 'index.mjs',
    write: false,
    metafile: true,
  });
  const [file] = outputFiles as [OutputFile];
  const [output] = Object.values(metafile.outputs);
  return { file, imports: (output?.imports ?? []).map(({ path }) => path) };
}

describe.each(Object.entries(clients))('bundle of %s', (handler, expected) => {
  it('is less than 150 KB, so that it starts fast', async () => {
    const { file } = await bundle(handler);

    expect(file.contents.byteLength).toBeLessThan(150 * 1024);
  });

  it('loads the clients that it uses, and nothing that Lambda does not have', async () => {
    const { file, imports } = await bundle(handler);

    const loaded = imports.filter(path => !path.startsWith('node:'));
    expect([...new Set(loaded)].sort()).toEqual(expected.map(client => `@aws-sdk/${client}`));
    expect(file.text).not.toContain('Dynamic require of');
  });
});
