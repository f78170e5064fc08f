import type { DeployedApp } from './deployed-app.ts';
import type { DeployedResource } from './deployed-stack.ts';
import { isUnresolved } from './intrinsics.ts';

/** What encrypts a resource. */
export type Encryption =
  /** The service's own key, which asks nothing of whoever delivers. */
  | { readonly by: 'service' }
  | { readonly by: 'key'; readonly key: DeployedResource }
  /** A key of AWS in the account, whose policy cannot be changed. */
  | { readonly by: 'aws'; readonly alias: string }
  /** A key that is not of this app. */
  | { readonly by: 'unseen'; readonly reference: string };

interface BucketEncryption {
  readonly ServerSideEncryptionConfiguration?: readonly {
    readonly ServerSideEncryptionByDefault?: {
      readonly SSEAlgorithm?: string;
      readonly KMSMasterKeyID?: unknown;
    };
  }[];
}

/** What encrypts a queue, topic, bucket or stream. */
export function encryptionOf(resource: DeployedResource, app: DeployedApp): Encryption {
  const reference = keyReference(resource);
  if (reference === undefined) return { by: 'service' };
  const key = app.referredTo(reference);
  if (key) return { by: 'key', key };
  const text = String(reference);
  const isOfAws = !isUnresolved(text) && /(^|:)alias\/aws\//.test(text);
  return isOfAws ? { by: 'aws', alias: text } : { by: 'unseen', reference: text };
}

function keyReference(resource: DeployedResource): unknown {
  switch (resource.type) {
    case 'AWS::SNS::Topic':
    case 'AWS::SQS::Queue':
      return resource.property('KmsMasterKeyId');
    case 'AWS::S3::Bucket': {
      const encryption = resource.property('BucketEncryption') as BucketEncryption | undefined;
      const rule = encryption?.ServerSideEncryptionConfiguration?.[0]?.ServerSideEncryptionByDefault;
      if (!rule?.SSEAlgorithm?.startsWith('aws:kms')) return undefined;
      return rule.KMSMasterKeyID ?? 'alias/aws/s3';
    }
    case 'AWS::Kinesis::Stream':
      return (resource.property('StreamEncryption') as { readonly KeyId?: unknown } | undefined)?.KeyId;
    case 'AWS::KinesisFirehose::DeliveryStream':
      return (
        resource.property('DeliveryStreamEncryptionConfigurationInput') as
          | { readonly KeyARN?: unknown }
          | undefined
      )?.KeyARN;
    case 'AWS::SecretsManager::Secret':
      return resource.property('KmsKeyId');
    default:
      return undefined;
  }
}
