import { isBuiltin } from 'node:module';
import { resolve } from 'node:path';
import { build, type OutputFile } from 'esbuild';

const repository = resolve(import.meta.dirname, '../../..');
/** The AWS Encryption SDK, without the KMS client, is three quarters of the bundles that have it. */
const kilobytes = { 'place-order': 320, payment: 320, inventory: 100, shipping: 100 };

/** A handler as the stack bundles it. */
async function bundle(handler: string) {
  const { outputFiles, metafile } = await build({
    entryPoints: [resolve(repository, `lambda/order-processing/${handler}.ts`)],
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
    file,
    imports: (output?.imports ?? []).map(({ path }) => path),
    inputs: Object.keys(output?.inputs ?? {}),
  };
}

describe.each(Object.entries(kilobytes))('bundle of %s', (handler, limit) => {
  it(`is less than ${limit} KB, so that it starts fast`, async () => {
    const { file } = await bundle(handler);

    expect(file.contents.byteLength).toBeLessThan(limit * 1024);
  });

  it('imports and requires nothing that Lambda does not have', async () => {
    const { imports } = await bundle(handler);

    expect(imports.filter(path => !path.startsWith('@aws-sdk/') && !isBuiltin(path))).toEqual([]);
  });
});

it('encrypts where orders come in, and decrypts where they are paid, and nowhere else', async () => {
  const packages = await Promise.all(
    Object.keys(kilobytes).map(async handler => {
      const { inputs } = await bundle(handler);
      return [
        handler,
        ['decrypt-node', 'encrypt-node'].filter(name => inputs.some(path => path.includes(name))),
      ];
    }),
  );

  expect(Object.fromEntries(packages)).toEqual({
    'place-order': ['encrypt-node'],
    payment: ['decrypt-node'],
    inventory: [],
    shipping: [],
  });
});
