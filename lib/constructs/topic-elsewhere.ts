import { ArnFormat, Stack, Token } from 'aws-cdk-lib';
import * as sns from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import type { EventFamily, EventSchemas } from '../../contracts/events.ts';
import type { DeadLetterQueue } from './dead-letter-queue.ts';
import type { DurableQueue } from './durable-queue.ts';
import {
  type FanOutOptions,
  queueTarget,
  type SubscribableTopic,
  type Subscribed,
  type SubscriptionTarget,
  subscribeTo,
} from './subscriptions/topic-subscription.ts';
import { validateProps } from './validation.ts';

export interface TopicElsewhereProps<Schemas extends EventSchemas> {
  /** ARN of a standard topic of this region, of this account or of another. */
  readonly topicArn: string;

  /** The events that the topic carries. */
  readonly events: EventFamily<Schemas>;
}

/**
 * Topic of another stack, which this one subscribes to. Nothing is needed on the other side if it is of the same
 * account: whoever deploys may subscribe, SNS decrypts with the topic's key by itself, and what it delivers to is
 * here. A topic of another account must let this one subscribe. That stack must stand first, and may not replace
 * its topic while this one stands.
 *
 * @throws PropsError when the topic is known to be of another region: its subscriptions and their DLQs belong there.
 */
export class TopicElsewhere<Schemas extends EventSchemas>
  extends Construct
  implements SubscribableTopic<Schemas>
{
  readonly topic: sns.ITopic;
  /** DLQs of the subscriptions made so far. */
  readonly undelivered: DeadLetterQueue[] = [];

  constructor(scope: Construct, id: string, props: TopicElsewhereProps<Schemas>) {
    const { region } = Stack.of(scope);
    const topicRegion = Stack.of(scope).splitArn(props.topicArn, ArnFormat.NO_RESOURCE_NAME).region ?? region;
    validateProps(scope, id, [
      {
        prop: 'topicArn',
        value: props.topicArn,
        holds: Token.isUnresolved(region) || Token.isUnresolved(topicRegion) || topicRegion === region,
        allowed: `a topic of ${region}`,
        remedy: 'Subscribe across regions with a RegionSubscription.',
      },
    ]);
    super(scope, id);
    this.topic = sns.Topic.fromTopicArn(this, 'Topic', props.topicArn);
  }

  fanOutTo(
    queue: DurableQueue,
    selection: Subscribed<Schemas>,
    options: FanOutOptions = {},
  ): DeadLetterQueue {
    return this.subscribe(queue, selection, queueTarget(queue, this.topic.topicArn, options));
  }

  subscribe(
    subscriber: Construct,
    selection: Subscribed<Schemas>,
    target: SubscriptionTarget,
  ): DeadLetterQueue {
    const { undelivered } = subscribeTo(this.topic, this.node.id, subscriber, selection, target);
    this.undelivered.push(undelivered);
    return undelivered;
  }
}
