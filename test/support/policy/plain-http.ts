import type { Caller } from './caller.ts';
import type { DeployedResource } from './deployed-stack.ts';
import type { PolicyWorld } from './policy-world.ts';
import { partsOf, unlessInapplicable } from './targets.ts';

const queueActions = [
  'AddPermission',
  'ChangeMessageVisibility',
  'DeleteMessage',
  'DeleteQueue',
  'GetQueueAttributes',
  'GetQueueUrl',
  'ListDeadLetterSourceQueues',
  'PurgeQueue',
  'ReceiveMessage',
  'RemovePermission',
  'SendMessage',
  'SetQueueAttributes',
  'StartMessageMoveTask',
];

/** @see https://docs.aws.amazon.com/sns/latest/dg/sns-access-policy-language-api-permissions-reference.html */
const topicActions = [
  'AddPermission',
  'DeleteTopic',
  'GetTopicAttributes',
  'ListSubscriptionsByTopic',
  'Publish',
  'RemovePermission',
  'SetTopicAttributes',
  'Subscribe',
];

const bucketActions = [
  'DeleteBucket',
  'DeleteBucketPolicy',
  'DeleteObject',
  'DeleteObjectVersion',
  'GetBucketPolicy',
  'GetObject',
  'GetObjectVersion',
  'ListBucket',
  'ListBucketVersions',
  'PutBucketNotification',
  'PutBucketPolicy',
  'PutObject',
];

/** Every call that the policy of such a resource can refuse when it comes without TLS. */
const refusableActions: Readonly<Record<string, readonly string[]>> = {
  'AWS::S3::Bucket': bucketActions.map(action => `s3:${action}`),
  'AWS::SNS::Topic': topicActions.map(action => `sns:${action}`),
  'AWS::SQS::Queue': queueActions.map(action => `sqs:${action}`),
};

/** Types of resources that must refuse calls without TLS. */
export const typesReachableOverPlainHttp = Object.keys(refusableActions);

/**
 * The calls that a queue, topic or bucket takes without TLS, from whoever has leave to make them: `plaintext:
 * reason`.
 */
export async function plainHttpFaults(
  resource: DeployedResource,
  world: PolicyWorld,
): Promise<readonly string[]> {
  const callers = [world.administrator(), world.outsider(), world.anybody()];
  const faults = await Promise.all(
    callers.flatMap(caller =>
      (refusableActions[resource.type] ?? []).map(action =>
        faultsOf(caller.overPlainHttp(), action, resource),
      ),
    ),
  );
  return faults.flat();
}

/** Some calls are made on a bucket, some on what is in it. */
async function faultsOf(
  caller: Caller,
  action: string,
  resource: DeployedResource,
): Promise<readonly string[]> {
  const verdicts = await Promise.all(
    partsOf(resource).map(part => unlessInapplicable(caller.may(action, part))),
  );
  if (verdicts.every(verdict => verdict === undefined)) {
    return [`unseen: ${action} is asked neither of ${resource.path} nor of what is in it`];
  }
  return verdicts
    .filter(verdict => verdict !== undefined)
    .filter(verdict => !verdict.forbidden)
    .map(verdict => `plaintext: ${verdict}`);
}
