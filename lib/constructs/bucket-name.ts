import { Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { placeName } from './place-name.ts';
import { validateProps } from './validation.ts';

/** What S3 takes of a name, less the longest that account, region (`ap-southeast-1`) and ending can be. */
const longestPrefix = 63 - '-111122223333-ap-southeast-1-an'.length;

/**
 * Name of a bucket from its place in the tree: `file-uploads-direct-<account>-<region>-an`, which is in the
 * namespace that S3 keeps for the account in the region. Nobody else can take it, not even once the bucket
 * is gone; and it is known before the bucket is there, so that policies can name the bucket that waits for
 * them.
 *
 * @throws PropsError when the name is longer than S3 allows, or has other characters.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/gpbucketnamespaces.html
 */
export function bucketName(scope: Construct, id: string): string {
  const prefix = placeName(scope, id);
  validateProps(scope, id, [
    {
      prop: 'bucket name',
      value: prefix,
      holds: prefix.length <= longestPrefix && /^[a-z0-9][a-z0-9-]*[a-z0-9]$/.test(prefix),
      allowed: `up to ${longestPrefix} small letters, digits and hyphens; account and region are added`,
      remedy: 'It is made of the ids of the construct and of those around it: give them others.',
    },
  ]);
  const { account, region } = Stack.of(scope);
  return `${prefix}-${account}-${region}-an`;
}
