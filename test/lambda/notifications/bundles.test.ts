import { resolve } from 'node:path';
import { build } from 'esbuild';

const repository = resolve(import.meta.dirname, '../../..');

/** A handler as the stack bundles it. */
async function bundle(handler: string) {
  const { outputFiles, metafile } = await build({
    entryPoints: [resolve(repository, `lambda/notifications/${handler}.ts`)],
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
  const [output] = Object.values(metafile.outputs);
  return { file: outputFiles[0], imports: (output?.imports ?? []).map(({ path }) => path) };
}

it.each(['publish-post', 'keep-post', 'address-mails', 'send-mail', 'note-undeliverable', 'share-post'])(
  'the bundle of %s is less than 150 KB, and imports what Lambda has',
  async handler => {
    const { file, imports } = await bundle(handler);
    expect(file?.contents.byteLength).toBeLessThan(150 * 1024);
    expect(imports.filter(path => !path.startsWith('@aws-sdk/') && !path.startsWith('node:'))).toEqual([]);
    expect(file?.text).not.toContain('Dynamic require of');
  },
);
