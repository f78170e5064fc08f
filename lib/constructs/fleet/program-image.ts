import { copyFileSync, existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { AssetHashType, AssetStaging, DockerImage } from 'aws-cdk-lib';
import { DockerImageAsset, Platform } from 'aws-cdk-lib/aws-ecr-assets';
import type { Construct } from 'constructs';
import { bundleProgram } from './worker-bundle.ts';

const repository = resolve(import.meta.dirname, '../../..');

/** The program in an image's bundle. */
export const imageProgram = 'main.mjs';

export interface ProgramImageProps {
  /** Entry point from the repository's root, `web/travel-search/main.ts`. */
  readonly entry: string;
  /** What makes an image of the bundle, from the repository's root. */
  readonly dockerfile: string;
}

/**
 * Bundles a program: one file with everything in it.
 *
 * @param entry path of the entry point from the repository's root.
 * @param directory where it is put.
 * @throws Error when there is no such file, or esbuild cannot bundle it.
 */
export function bundleImageProgram(entry: string, directory: string): void {
  const path = join(repository, entry);
  if (!existsSync(path)) {
    throw new Error(`There is no ${entry}. Give the program's path from the repository's root.`);
  }
  bundleProgram(path, join(directory, imageProgram));
}

/**
 * A program as a container image. It is bundled when the app is synthesized; Docker puts it into the image when
 * the app is deployed, so that a synth needs no Docker.
 */
export class ProgramImage extends DockerImageAsset {
  constructor(scope: Construct, id: string, { entry, dockerfile }: ProgramImageProps) {
    super(scope, id, {
      directory: new AssetStaging(scope, `${id}Context`, {
        sourcePath: join(repository, dirname(dockerfile)),
        assetHashType: AssetHashType.OUTPUT,
        bundling: {
          image: DockerImage.fromRegistry('never-started'),
          // Assets of one folder are told apart by their bundling options, so the entry stands in them.
          command: [entry],
          local: {
            tryBundle(directory: string) {
              bundleImageProgram(entry, directory);
              copyFileSync(join(repository, dockerfile), join(directory, 'Dockerfile'));
              return true;
            },
          },
        },
      }).absoluteStagedPath,
      platform: Platform.LINUX_ARM64,
    });
  }
}
