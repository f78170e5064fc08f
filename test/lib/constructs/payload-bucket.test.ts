import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { AccessLogBucket } from '../../../lib/constructs/access-log-bucket.ts';
import { DurableQueue } from '../../../lib/constructs/durable-queue.ts';
import { PayloadBucket, type PayloadBucketProps } from '../../../lib/constructs/payload-bucket.ts';
import { PropsError } from '../../../lib/constructs/validation.ts';
import { resourceOf, resourcesOfType, templateOf, testStack } from '../../support/stack-template.ts';

interface Statement {
  readonly Action: string | readonly string[];
  readonly Resource: unknown;
  readonly Condition?: unknown;
}

function makeBucket(
  props: Partial<Omit<PayloadBucketProps, 'queues' | 'accessLogs'>> = {},
  retentionPeriods: readonly Duration[] = [Duration.days(4)],
) {
  const stack = testStack();
  const accessLogs = new AccessLogBucket(stack, 'AccessLogs');
  const queues = retentionPeriods.map(
    (retentionPeriod, index) => new DurableQueue(stack, `Queue${index}`, { retentionPeriod }),
  );
  return { stack, payloads: new PayloadBucket(stack, 'Payloads', { accessLogs, queues, ...props }) };
}

function expiryOf({ payloads }: ReturnType<typeof makeBucket>) {
  const { LifecycleConfiguration } = resourceOf(payloads.bucket).Properties as {
    LifecycleConfiguration: { Rules: { ExpirationInDays?: number }[] };
  };
  return LifecycleConfiguration.Rules.find(rule => rule.ExpirationInDays)?.ExpirationInDays;
}

/** Everything that a role is let do. */
function granted(grant: (payloads: PayloadBucket, role: iam.Role) => void) {
  const { stack, payloads } = makeBucket();
  const role = new iam.Role(stack, 'Role', { assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com') });
  grant(payloads, role);
  const policies = resourcesOfType(templateOf(stack), 'AWS::IAM::Policy');
  const statements = policies.flatMap(
    ([, policy]) =>
      (policy.Properties as { PolicyDocument: { Statement: Statement[] } }).PolicyDocument.Statement,
  );
  return {
    actions: statements.flatMap(({ Action }) => Action).sort(),
    keyConditions: statements
      .filter(({ Action }) => [Action].flat().some(action => action.startsWith('kms:')))
      .map(({ Condition }) => Condition),
  };
}

describe('PayloadBucket', () => {
  it('deletes a body when no message can point to it any more', () => {
    // 23 days of delivery, then twice the 4 days of the queue and the 14 of its DLQ.
    expect(expiryOf(makeBucket())).toBe(59);
  });

  it('follows the queue that keeps messages longest, and counts what is begun of a day', () => {
    expect(expiryOf(makeBucket({}, [Duration.minutes(1), Duration.days(7), Duration.days(4)]))).toBe(65);
    expect(expiryOf(makeBucket({}, [Duration.hours(1)]))).toBe(52);
  });

  it('keeps bodies longer when it is told to', () => {
    expect(expiryOf(makeBucket({ retention: Duration.days(365) }))).toBe(365);
  });

  it('fails when bodies would go before their messages', () => {
    expect(() => makeBucket({ retention: Duration.days(58) })).toThrow(PropsError);
    expect(() => makeBucket({ retention: Duration.days(58) })).toThrow(
      'Payloads: retention is 58 days; allowed: 59 days or more, as long as a message of these queues can live.',
    );
  });

  it('fails when no queue is named', () => {
    expect(() => makeBucket({}, [])).toThrow('queues is an empty list; allowed: the queues whose messages');
  });

  it('keeps what was deleted for a day, and half an upload for 7', () => {
    expect(resourceOf(makeBucket().payloads.bucket).Properties.LifecycleConfiguration).toMatchObject({
      Rules: [
        { ExpirationInDays: 59, Status: 'Enabled' },
        { NoncurrentVersionExpiration: { NoncurrentDays: 1 }, ExpiredObjectDeleteMarker: true },
        { AbortIncompleteMultipartUpload: { DaysAfterInitiation: 7 } },
      ],
    });
  });

  it('stays when its stack is deleted by default, and goes when told', () => {
    for (const [removalPolicy, expected] of [
      [undefined, 'Retain'],
      [RemovalPolicy.DESTROY, 'Delete'],
    ] as const) {
      const { payloads } = makeBucket(removalPolicy && { removalPolicy });
      expect(resourceOf(payloads.bucket).DeletionPolicy).toBe(expected);
    }
  });

  const viaS3 = {
    StringEquals: {
      'kms:ViaService': { 'Fn::Join': ['', ['s3.', { Ref: 'AWS::Region' }, '.', { Ref: 'AWS::URLSuffix' }]] },
    },
  };

  it('lets who stores bodies put them, under the key, and no more', () => {
    expect(granted((payloads, role) => payloads.grantDeposit(role))).toEqual({
      actions: ['kms:Decrypt', 'kms:GenerateDataKey', 's3:PutObject'],
      keyConditions: [viaS3],
    });
  });

  it('lets who reads bodies get them, learn that one is gone, and no more', () => {
    expect(granted((payloads, role) => payloads.grantRedeem(role))).toEqual({
      actions: [
        'kms:Decrypt',
        's3:GetObject',
        's3:GetObjectVersion',
        's3:ListBucket',
        's3:ListBucketVersions',
      ],
      keyConditions: [viaS3],
    });
  });
});
