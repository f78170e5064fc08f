import { copyFileSync, existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { AssetHashType, AssetStaging, DockerImage } from 'aws-cdk-lib';
import { DockerImageAsset, Platform } from 'aws-cdk-lib/aws-ecr-assets';
import type { Construct } from 'constructs';
import { bundleProgram } from './worker-bundle.ts';

const repository = resolve(import.meta.dirname, '../../..');
const folder = join(repository, 'web');

/** The program in an application server's bundle. */
export const webProgram = 'main.mjs';

/**
 * Bundles an application server: one program with everything in it.
 *
 * @param entry path of the entry point from the repository's root.
 * @param directory where it is put.
 * @throws Error when there is no such file, or esbuild cannot bundle it.
 */
export function bundleServer(entry: string, directory: string): void {
  const path = join(repository, entry);
  if (!existsSync(path)) {
    throw new Error(`There is no ${entry}. Give the server's path from the repository's root.`);
  }
  bundleProgram(path, join(directory, webProgram));
}

/**
 * An application server as a container image. The program is bundled when the app is synthesized; Docker
 * puts it into the image when the app is deployed, so that a synth needs no Docker.
 */
export class WebImage extends DockerImageAsset {
  constructor(scope: Construct, id: string, { entry }: { readonly entry: string }) {
    super(scope, id, {
      directory: new AssetStaging(scope, `${id}Context`, {
        sourcePath: folder,
        assetHashType: AssetHashType.OUTPUT,
        bundling: {
          image: DockerImage.fromRegistry('never-started'),
          // Assets of one folder are told apart by their bundling options, so the entry stands in them.
          command: [entry],
          local: {
            tryBundle(directory: string) {
              bundleServer(entry, directory);
              copyFileSync(join(folder, 'Dockerfile'), join(directory, 'Dockerfile'));
              return true;
            },
          },
        },
      }).absoluteStagedPath,
      platform: Platform.LINUX_ARM64,
    });
  }
}
