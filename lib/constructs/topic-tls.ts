import * as iam from 'aws-cdk-lib/aws-iam';
import type * as sns from 'aws-cdk-lib/aws-sns';

/** What the policy of a topic may speak of, but for publishing. SNS refuses a policy that says `sns:*`. */
const topicActions = [
  'AddPermission',
  'DeleteTopic',
  'GetTopicAttributes',
  'ListSubscriptionsByTopic',
  'RemovePermission',
  'SetTopicAttributes',
  'Subscribe',
];

/**
 * Refuses every other call on a topic that comes without TLS; `enforceSSL` refuses publishing alone.
 *
 * @see https://docs.aws.amazon.com/sns/latest/dg/sns-access-policy-language-api-permissions-reference.html
 */
export function requireTlsBeyondPublishing(topic: sns.Topic): void {
  topic.addToResourcePolicy(
    new iam.PolicyStatement({
      sid: 'DenyOtherCallsWithoutTls',
      effect: iam.Effect.DENY,
      principals: [new iam.AnyPrincipal()],
      actions: topicActions.map(action => `sns:${action}`),
      resources: [topic.topicArn],
      conditions: { Bool: { 'aws:SecureTransport': 'false' } },
    }),
  );
}
