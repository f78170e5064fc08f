import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { AccessLogBucket } from '../../../lib/constructs/access-log-bucket.ts';
import { onlyResource, resourceOf, testStack } from '../../support/stack-template.ts';

describe('AccessLogBucket', () => {
  it('is private, and encrypted with the key that S3 can deliver logs under', () => {
    const { Properties } = resourceOf(new AccessLogBucket(testStack(), 'Logs'));

    expect(Properties).toMatchObject({
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      },
      OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
      BucketEncryption: {
        ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }],
      },
    });
    expect(Properties).not.toHaveProperty('LoggingConfiguration');
  });

  it('refuses requests without TLS', () => {
    const stack = testStack();
    new AccessLogBucket(stack, 'Logs');

    expect(onlyResource(stack, 'AWS::S3::BucketPolicy').Properties).toMatchObject({
      PolicyDocument: {
        Statement: [
          { Effect: 'Deny', Action: 's3:*', Condition: { Bool: { 'aws:SecureTransport': 'false' } } },
        ],
      },
    });
  });

  it('keeps logs for 90 days by default, and itself when its stack is deleted', () => {
    const { Properties, DeletionPolicy } = resourceOf(new AccessLogBucket(testStack(), 'Logs'));

    expect(Properties.LifecycleConfiguration).toMatchObject({
      Rules: [
        { ExpirationInDays: 90, Status: 'Enabled' },
        { AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 }, Status: 'Enabled' },
      ],
    });
    expect(DeletionPolicy).toBe('Retain');
  });

  it('keeps logs for as long as it is told, and goes with its stack when told', () => {
    const bucket = new AccessLogBucket(testStack(), 'Logs', {
      retention: Duration.days(7),
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const { Properties, DeletionPolicy } = resourceOf(bucket);

    expect(Properties.LifecycleConfiguration).toMatchObject({ Rules: [{ ExpirationInDays: 7 }, {}] });
    expect(DeletionPolicy).toBe('Delete');
  });
});
