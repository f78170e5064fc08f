import { existsSync, globSync, readFileSync, writeFileSync } from 'node:fs';
import { join, posix, resolve } from 'node:path';
import { AssetHashType, DockerImage } from 'aws-cdk-lib';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { buildSync } from 'esbuild';

const repository = resolve(import.meta.dirname, '../..');

/**
 * Code of a function, bundled from its TypeScript entry point. The AWS SDK stays outside, since
 * Lambda's Node.js runtime has it.
 *
 * @param entry path of the entry point from the repository's root.
 * @throws Error when there is no such file, or esbuild cannot bundle it.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/lambda-nodejs.html
 */
export function bundledCode(entry: string): lambda.Code {
  if (!existsSync(join(repository, entry))) {
    throw new Error(`There is no ${entry}. Give the handler's path from the repository's root.`);
  }
  return lambda.Code.fromAsset(join(repository, 'lambda'), {
    // By its content: the same bundle is the same asset, whatever else changed in the folder.
    assetHashType: AssetHashType.OUTPUT,
    bundling: {
      image: DockerImage.fromRegistry('never-started'),
      // Assets of one folder are told apart by their bundling options, so the entry stands in them.
      command: [entry],
      local: {
        tryBundle(outputDirectory: string) {
          writeFileSync(join(outputDirectory, 'index.mjs'), bundleOf(posix.normalize(entry)));
          return true;
        },
      },
    },
  });
}

const bundles = new Map<string, Uint8Array>();

/**
 * The first call bundles every handler: thirty in one call take a third of the time of thirty calls,
 * and a tenth of `NodejsFunction`'s, which starts `npx` for each. Each bundle is what it would be alone.
 */
function bundleOf(entry: string): Uint8Array {
  if (bundles.size === 0) bundle(handlers());
  if (!bundles.has(entry)) bundle([entry]);
  return bundles.get(entry) as Uint8Array;
}

/** Entry points that export a handler where they define it. */
function handlers(): string[] {
  return globSync('lambda/*/*.ts', { cwd: repository })
    .map(path => path.replaceAll('\\', '/'))
    .filter(path => /^export const handler\b/m.test(readFileSync(join(repository, path), 'utf8')));
}

function bundle(entries: readonly string[]): void {
  const { outputFiles, metafile } = buildSync({
    entryPoints: [...entries],
    outdir: 'bundles',
    write: false,
    metafile: true,
    bundle: true,
    minify: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    // Of packages that have both, the ES modules: what is not used is left out of them.
    mainFields: ['module', 'main'],
    // Packages of the older module system inside the bundle ask for Node's own modules by `require`.
    banner: {
      js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
    },
    external: ['@aws-sdk/*'],
    absWorkingDir: repository,
    logLevel: 'error',
  });
  const outputs = new Map(outputFiles.map(({ path, contents }) => [path, contents]));
  for (const [path, { entryPoint = '' }] of Object.entries(metafile.outputs)) {
    const contents = outputs.get(join(repository, path));
    if (contents) bundles.set(entryPoint, contents);
  }
}
