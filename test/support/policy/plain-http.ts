import type { DeployedResource } from './deployed-stack.ts';
import type { PolicyWorld } from './policy-world.ts';

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

/** Every call that the policy of such a resource can refuse when it comes without TLS. */
const refusableActions: Readonly<Record<string, readonly string[]>> = {
  'AWS::SNS::Topic': topicActions.map(action => `sns:${action}`),
  'AWS::SQS::Queue': queueActions.map(action => `sqs:${action}`),
};

/** Types of resources that must refuse calls without TLS. */
export const typesReachableOverPlainHttp = Object.keys(refusableActions);

/** The calls that a queue or topic takes without TLS, from whoever has leave to make them: `plaintext: reason`. */
export async function plainHttpFaults(
  resource: DeployedResource,
  world: PolicyWorld,
): Promise<readonly string[]> {
  const callers = [world.administrator(), world.outsider(), world.anybody()];
  const verdicts = await Promise.all(
    callers.flatMap(caller =>
      (refusableActions[resource.type] ?? []).map(action => caller.overPlainHttp().may(action, resource)),
    ),
  );
  return verdicts.filter(verdict => !verdict.forbidden).map(verdict => `plaintext: ${verdict}`);
}
