import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { AssetHashType, DockerImage } from 'aws-cdk-lib';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { buildSync } from 'esbuild';

const repository = resolve(import.meta.dirname, '../..');

/**
 * Code of a function, bundled from its TypeScript entry point. The AWS SDK stays outside, since
 * Lambda's Node.js runtime has it.
 *
 * esbuild is called in this process: `NodejsFunction` starts `npx` for each function, which costs a
 * quarter of a second each time.
 *
 * @param entry path of the entry point from the repository's root.
 * @throws Error when there is no such file, or esbuild cannot bundle it.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/lambda-nodejs.html
 */
export function bundledCode(entry: string): lambda.Code {
  const source = join(repository, entry);
  if (!existsSync(source)) {
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
          buildSync({
            entryPoints: [source],
            outfile: join(outputDirectory, 'index.mjs'),
            bundle: true,
            minify: true,
            platform: 'node',
            target: 'node24',
            format: 'esm',
            external: ['@aws-sdk/*'],
            absWorkingDir: repository,
            logLevel: 'error',
          });
          return true;
        },
      },
    },
  });
}
