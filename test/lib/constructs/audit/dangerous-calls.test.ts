import { dangerousCalls } from '../../../../lib/constructs/audit/dangerous-calls.ts';
import { FilterPattern } from '../../../support/filter-pattern.ts';
import { byStack, queueUrl, recordedCall, refused } from '../../../support/recorded-calls.ts';

const bucketName = 'audit-calls-111122223333-eu-west-1-an';
const calls = dangerousCalls({ bucketName, shortLivedQueues: ['travel-search-replies-'] });
const patterns = calls.map(({ name, pattern }) => ({ name, pattern: new FilterPattern(pattern) }));

/** Names of the metrics that count a call. */
const countedAs = (call: unknown) =>
  patterns.filter(({ pattern }) => pattern.matches(call)).map(({ name }) => name);

const topicArn = 'arn:aws:sns:eu-west-1:111122223333:order-processing-orders';
const keyId = '1234abcd-12ab-34cd-56ef-1234567890ab';
const queue = { queueUrl };

describe('dangerous calls', () => {
  it.each<[string, string, string, Readonly<Record<string, unknown>>]>([
    ['Purged', 'sqs', 'PurgeQueue', queue],
    ['Deleted', 'sqs', 'DeleteQueue', queue],
    ['Deleted', 'sns', 'DeleteTopic', { topicArn }],
    ['ChangedByHand', 'sqs', 'SetQueueAttributes', { ...queue, attributes: { Policy: '{}' } }],
    ['ChangedByHand', 'sqs', 'SetQueueAttributes', { ...queue, attributes: { KmsMasterKeyId: '' } }],
    ['ChangedByHand', 'sqs', 'AddPermission', { ...queue, label: 'guest', actions: ['ReceiveMessage'] }],
    ['ChangedByHand', 'sqs', 'RemovePermission', { ...queue, label: 'guest' }],
    ['ChangedByHand', 'sns', 'SetTopicAttributes', { topicArn, attributeName: 'Policy' }],
    ['ChangedByHand', 'sns', 'AddPermission', { topicArn, label: 'guest' }],
    ['ChangedByHand', 'sns', 'RemovePermission', { topicArn, label: 'guest' }],
    ['ChangedByHand', 'kms', 'PutKeyPolicy', { keyId, policyName: 'default' }],
    ['KeyTakenAway', 'kms', 'DisableKey', { keyId }],
    ['KeyTakenAway', 'kms', 'ScheduleKeyDeletion', { keyId, pendingWindowInDays: 7 }],
    ['TrailChanged', 'cloudtrail', 'StopLogging', { name: 'audit-changes' }],
    ['TrailChanged', 'cloudtrail', 'DeleteTrail', { name: 'audit-changes' }],
    ['TrailChanged', 'cloudtrail', 'UpdateTrail', { name: 'audit-changes' }],
    ['TrailChanged', 'cloudtrail', 'PutEventSelectors', { trailName: 'audit-changes' }],
    ['TrailChanged', 's3', 'PutBucketPolicy', { bucketName }],
    ['TrailChanged', 's3', 'DeleteBucketPolicy', { bucketName }],
    ['TrailChanged', 's3', 'PutBucketLifecycle', { bucketName, LifecycleConfiguration: {} }],
    ['TrailChanged', 's3', 'DeleteBucketLifecycle', { bucketName }],
    ['TrailChanged', 's3', 'PutBucketVersioning', { bucketName, VersioningConfiguration: {} }],
    ['TrailChanged', 's3', 'PutBucketObjectLockConfiguration', { bucketName }],
  ])('are counted as %s: %s %s', (name, service, call, parameters) => {
    expect(countedAs(recordedCall(service, call, parameters))).toEqual([name]);
    expect(countedAs(recordedCall(service, call, parameters, refused))).toEqual([]);
  });

  it.each<[string, string, Readonly<Record<string, unknown>> | null]>([
    ['sqs', 'CreateQueue', { queueName: 'order-processing-payment-queue' }],
    ['sqs', 'TagQueue', queue],
    ['sqs', 'StartMessageMoveTask', { sourceArn: 'arn:aws:sqs:eu-west-1:111122223333:payment-dlq' }],
    ['sns', 'Subscribe', { topicArn }],
    ['kms', 'EnableKey', { keyId }],
    ['cloudtrail', 'StartLogging', { name: 'audit-changes' }],
    ['s3', 'PutBucketPolicy', { bucketName: 'another-bucket' }],
    ['s3', 'PutBucketLifecycle', { bucketName: 'another-bucket' }],
    // The same names in other services.
    ['lambda', 'AddPermission', { functionName: 'take-orders' }],
    ['lambda', 'RemovePermission', { functionName: 'take-orders' }],
    ['iam', 'DeleteRole', null],
  ])('are none: %s %s', (service, call, parameters) => {
    expect(countedAs(recordedCall(service, call, parameters))).toEqual([]);
  });

  it('are not those of a deployment, but for purges and keys that go', () => {
    const ofStack = (service: string, call: string, parameters: Readonly<Record<string, unknown>>) =>
      countedAs(recordedCall(service, call, parameters, byStack));
    expect(ofStack('sqs', 'SetQueueAttributes', queue)).toEqual([]);
    expect(ofStack('sqs', 'DeleteQueue', queue)).toEqual([]);
    expect(ofStack('sns', 'DeleteTopic', { topicArn })).toEqual([]);
    expect(ofStack('kms', 'PutKeyPolicy', { keyId })).toEqual([]);
    expect(ofStack('cloudtrail', 'UpdateTrail', { name: 'audit-changes' })).toEqual([]);
    expect(ofStack('s3', 'PutBucketPolicy', { bucketName })).toEqual([]);
    expect(ofStack('kms', 'ScheduleKeyDeletion', { keyId })).toEqual(['KeyTakenAway']);
  });

  it('are not deletions of queues that programs make and delete, and of others that are named like them', () => {
    const deleted = (name: string) =>
      countedAs(
        recordedCall('sqs', 'DeleteQueue', {
          queueUrl: `https://sqs.eu-west-1.amazonaws.com/111122223333/${name}`,
        }),
      );
    expect(deleted('travel-search-replies-0a1b2c3d')).toEqual([]);
    expect(deleted('travel-search-requests-queue')).toEqual(['Deleted']);
    expect(deleted('not-travel-search-replies-0a1b2c3d')).toEqual(['Deleted']);
  });

  it('can be deletions of any queue where programs make none', () => {
    const [, deleted] = dangerousCalls({ bucketName, shortLivedQueues: [] });
    expect(new FilterPattern(deleted?.pattern ?? '').matches(recordedCall('sqs', 'DeleteQueue', queue))).toBe(
      true,
    );
  });
});
