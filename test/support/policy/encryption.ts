import type { DeployedResource } from './deployed-stack.ts';
import type { PolicyWorld } from './policy-world.ts';

/** The customer-managed key of a queue, topic or bucket; undefined where the service encrypts with its own. */
export function encryptionOf(
  resource: DeployedResource,
  world: PolicyWorld,
): DeployedResource | 'unseen' | undefined {
  const key = keyOf(resource);
  return key === undefined ? undefined : (world.referredTo(key) ?? 'unseen');
}

interface BucketEncryption {
  readonly ServerSideEncryptionConfiguration: readonly {
    readonly ServerSideEncryptionByDefault?: {
      readonly SSEAlgorithm: string;
      readonly KMSMasterKeyID?: unknown;
    };
  }[];
}

function keyOf(resource: DeployedResource): unknown {
  if (resource.type !== 'AWS::S3::Bucket') return resource.property('KmsMasterKeyId');
  const encryption = resource.property('BucketEncryption') as BucketEncryption | undefined;
  const byDefault = encryption?.ServerSideEncryptionConfiguration[0]?.ServerSideEncryptionByDefault;
  // Without a key of its own, such a bucket is under AWS's.
  return byDefault?.SSEAlgorithm.startsWith('aws:kms')
    ? (byDefault.KMSMasterKeyID ?? 'alias/aws/s3')
    : undefined;
}

/** What is wrong with an edge to a resource whose key cannot be seen. */
export function unseenKey(edge: string, resource: DeployedResource): string {
  return (
    `unseen: ${edge}: the key ${String(keyOf(resource))} is not in this app. A key of AWS ` +
    'admits no service; of another key, this app cannot say whom it admits.'
  );
}
