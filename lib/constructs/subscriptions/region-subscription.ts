import { ArnFormat, Stack } from 'aws-cdk-lib';
import * as sns from 'aws-cdk-lib/aws-sns';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { EventFamily, EventSchemas } from '../../../contracts/events.ts';
import type { DurableQueue } from '../durable-queue.ts';
import { validateProps } from '../validation.ts';
import { filterOf, queueTarget, type Subscribed } from './topic-subscription.ts';

export interface RegionSubscriptionProps<Schemas extends EventSchemas> {
  /** Name of a standard topic of this account, in another region. */
  readonly topicName: string;
  readonly topicRegion: string;

  /** The events that the topic carries. */
  readonly events: EventFamily<Schemas>;

  readonly selection: Subscribed<Schemas>;

  /** Queue of this stack. */
  readonly queue: DurableQueue;

  /** Name of the DLQ of the subscription, which the topic's stack has: SNS wants it in the topic's region. */
  readonly undeliveredName: string;
}

/**
 * Subscribes a queue to a topic of another region. The subscription is made where the topic is, by the stack that
 * has the queue, so that queue, policy and key stand before anything is delivered to them.
 *
 * @throws PropsError when the topic is of this region, or the region of the stack is not known.
 * @see https://docs.aws.amazon.com/sns/latest/dg/sns-cross-region-delivery.html
 */
export class RegionSubscription<Schemas extends EventSchemas> extends Construct {
  /** The topic of the other region. */
  readonly topicArn: string;

  constructor(scope: Construct, id: string, props: RegionSubscriptionProps<Schemas>) {
    const stack = Stack.of(scope);
    const { topicRegion, queue } = props;
    validateProps(scope, id, [
      {
        prop: 'topicRegion',
        value: topicRegion,
        holds: topicRegion !== stack.region,
        allowed: `another region than ${stack.region}`,
        remedy: 'Within a region, subscribe with fanOutTo of the topic.',
      },
    ]);
    super(scope, id);
    const there = (service: string, resource: string) =>
      stack.formatArn({ service, region: topicRegion, resource, arnFormat: ArnFormat.NO_RESOURCE_NAME });
    this.topicArn = there('sns', props.topicName);
    const { admission, key: _, ...delivery } = queueTarget(queue, this.topicArn);
    const subscription = new sns.Subscription(this, 'Subscription', {
      topic: sns.Topic.fromTopicArn(this, 'Topic', this.topicArn),
      region: topicRegion,
      ...delivery,
      ...filterOf(props.selection),
      deadLetterQueue: sqs.Queue.fromQueueArn(this, 'Undelivered', there('sqs', props.undeliveredName)),
    });
    if (admission) subscription.node.addDependency(admission);
  }
}
