import type { IInterfaceVpcEndpoint } from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';

/**
 * Denies queues' messages to whatever does not come through the SQS endpoint: sending, receiving,
 * deleting and hiding them. Where a call comes from decides, not whose it is: credentials that were
 * carried off are of no use.
 *
 * Not denied is what AWS does itself: deliveries by a service such as SNS, which a queue's policy lets in
 * on its own conditions, and calls that a service makes for a caller, such as a redrive. Nor is what
 * administers the queue (its attributes, its policy, purging, deletion): what nobody outside could
 * change could not be repaired when the network fails.
 *
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-internetwork-traffic-privacy.html
 */
export function queuesOnlyThrough(endpoint: IInterfaceVpcEndpoint, ...queues: readonly IQueue[]): void {
  const actions = ['SendMessage', 'ReceiveMessage', 'DeleteMessage', 'ChangeMessageVisibility'];
  for (const queue of queues) {
    queue.addToResourcePolicy(
      denialUnlessThrough(
        endpoint,
        actions.map(action => `sqs:${action}`),
        queue.queueArn,
      ),
    );
  }
}

/** Denies publishing to a topic to whatever does not come through the SNS endpoint, services of AWS excepted. */
export function topicOnlyThrough(endpoint: IInterfaceVpcEndpoint, topic: ITopic): void {
  topic.addToResourcePolicy(denialUnlessThrough(endpoint, ['sns:Publish'], topic.topicArn));
}

function denialUnlessThrough(
  endpoint: IInterfaceVpcEndpoint,
  actions: string[],
  resource: string,
): iam.PolicyStatement {
  return new iam.PolicyStatement({
    sid: 'OnlyThroughTheEndpoint',
    effect: iam.Effect.DENY,
    principals: [new iam.AnyPrincipal()],
    actions,
    resources: [resource],
    conditions: {
      // Also where there is no endpoint at all: a negated condition holds of a key that is not sent.
      StringNotEquals: { 'aws:SourceVpce': endpoint.vpcEndpointId },
      // `IfExists`, so that a request that says neither is denied.
      BoolIfExists: { 'aws:PrincipalIsAWSService': 'false', 'aws:ViaAWSService': 'false' },
    },
  });
}
