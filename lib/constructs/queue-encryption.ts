import type { Duration } from 'aws-cdk-lib';
import type * as kms from 'aws-cdk-lib/aws-kms';
import { QueueEncryption, type QueueProps } from 'aws-cdk-lib/aws-sqs';

/**
 * Encryption at rest of a queue: SSE-KMS under a key of ours, or SSE-SQS. Never `alias/aws/sqs`, whose
 * policy cannot be changed, so that no service could deliver through it.
 */
export function queueEncryption(key: kms.IKey | undefined, dataKeyReuse?: Duration): QueueProps {
  if (!key) return { encryption: QueueEncryption.SQS_MANAGED };
  return {
    encryption: QueueEncryption.KMS,
    encryptionMasterKey: key,
    ...(dataKeyReuse && { dataKeyReuse }),
  };
}
