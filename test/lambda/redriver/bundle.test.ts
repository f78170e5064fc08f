import { resolve } from 'node:path';
import { build, type OutputFile } from 'esbuild';

/** The handler as the stack bundles it. */
async function bundle() {
  const { outputFiles, metafile } = await build({
    entryPoints: [resolve(import.meta.dirname, '../../../lambda/redriver/redrive.ts')],
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    mainFields: ['module', 'main'],
    external: ['@aws-sdk/*'],
    outfile: 'index.mjs',
    write: false,
    metafile: true,
  });
  const [file] = outputFiles as [OutputFile];
  const [output] = Object.values(metafile.outputs);
  return { file, imports: (output?.imports ?? []).map(({ path }) => path) };
}

describe('bundle of the redriver', () => {
  it('is less than 150 KB, so that it starts fast', async () => {
    const { file } = await bundle();

    expect(file.contents.byteLength).toBeLessThan(150 * 1024);
  });

  it('imports nothing that Lambda does not have, and requires nothing while it runs', async () => {
    const { file, imports } = await bundle();

    expect(imports.filter(path => !path.startsWith('@aws-sdk/') && !path.startsWith('node:'))).toEqual([]);
    expect(file.text).not.toContain('Dynamic require of');
  });
});
