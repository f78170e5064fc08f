import { isBuiltin } from 'node:module';
import { resolve } from 'node:path';
import { build, type OutputFile } from 'esbuild';

const repository = resolve(import.meta.dirname, '../../..');
/** The AWS Encryption SDK, without the KMS client, is three quarters of the bundles that have it. */
const kilobytes = {
  'start-order': 320,
  'take-payment': 320,
  'keep-stock': 100,
  'cancel-payment': 100,
  'give-up-payment': 100,
};

/** A handler as the stack bundles it. */
async function bundle(handler: string) {
  const { outputFiles, metafile } = await build({
    entryPoints: [resolve(repository, `lambda/order-workflow/${handler}.ts`)],
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
  return {
    size: file.contents.byteLength,
    imports: (output?.imports ?? []).map(({ path }) => path),
    inputs: Object.keys(output?.inputs ?? {}),
  };
}

it.each(Object.entries(kilobytes))(
  'the bundle of %s is less than %i KB, and imports nothing that Lambda does not have',
  async (handler, limit) => {
    const { size, imports } = await bundle(handler);

    expect(size).toBeLessThan(limit * 1_024);
    expect(imports.filter(path => !path.startsWith('@aws-sdk/') && !isBuiltin(path))).toEqual([]);
  },
);

it('card tokens are encrypted where orders come in, decrypted where they are paid, and nowhere else', async () => {
  const packages = await Promise.all(
    Object.keys(kilobytes).map(async handler => {
      const { inputs } = await bundle(handler);
      const names = ['decrypt-node', 'encrypt-node'];
      return [handler, names.filter(name => inputs.some(path => path.includes(name)))];
    }),
  );

  expect(Object.fromEntries(packages)).toEqual({
    'start-order': ['encrypt-node'],
    'take-payment': ['decrypt-node'],
    'keep-stock': [],
    'cancel-payment': [],
    'give-up-payment': [],
  });
});
