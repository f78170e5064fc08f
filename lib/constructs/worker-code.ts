import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { AssetHashType, AssetStaging, type BundlingOptions, DockerImage } from 'aws-cdk-lib';
import { DockerImageAsset, Platform } from 'aws-cdk-lib/aws-ecr-assets';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Asset } from 'aws-cdk-lib/aws-s3-assets';
import { Construct } from 'constructs';
import { bundleWorker, workerFolder } from './fleet/worker-bundle.ts';

/**
 * The worker as a zip file for instances. The file's name follows from its content, so that a change of
 * the program is a change of whatever refers to it.
 */
export class WorkerCode extends Construct {
  readonly bucketName: string;
  readonly objectKey: string;
  readonly #asset: Asset;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.#asset = new Asset(this, 'Bundle', {
      path: workerFolder,
      assetHashType: AssetHashType.OUTPUT,
      bundling: bundling('instances', bundleWorker),
    });
    this.bucketName = this.#asset.s3BucketName;
    this.objectKey = this.#asset.s3ObjectKey;
  }

  get bucket(): Asset['bucket'] {
    return this.#asset.bucket;
  }

  /** Lets a principal read this one object. */
  grantRead(grantee: iam.IGrantable): void {
    iam.Grant.addToPrincipal({
      grantee,
      actions: ['s3:GetObject'],
      resourceArns: [this.#asset.bucket.arnForObjects(this.objectKey)],
    });
  }
}

/**
 * The worker as a container image. The program is bundled when the app is synthesized; Docker puts it
 * into the image when the app is deployed, so that a synth needs no Docker.
 */
export class WorkerImage extends DockerImageAsset {
  constructor(scope: Construct, id: string) {
    super(scope, id, {
      directory: new AssetStaging(scope, `${id}Context`, {
        sourcePath: workerFolder,
        assetHashType: AssetHashType.OUTPUT,
        bundling: bundling('containers', directory => {
          bundleWorker(directory);
          copyFileSync(join(workerFolder, 'Dockerfile'), join(directory, 'Dockerfile'));
        }),
      }).absoluteStagedPath,
      platform: Platform.LINUX_ARM64,
    });
  }
}

function bundling(variant: string, bundle: (directory: string) => void): BundlingOptions {
  return {
    image: DockerImage.fromRegistry('never-started'),
    // Assets of one folder are told apart by their bundling options, so the variant stands in them.
    command: [variant],
    local: {
      tryBundle(directory: string) {
        bundle(directory);
        return true;
      },
    },
  };
}
