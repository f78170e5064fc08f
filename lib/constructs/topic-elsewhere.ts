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

export interface TopicElsewhereProps<Schemas extends EventSchemas> {
  /** ARN of a standard topic of this account and region. */
  readonly topicArn: string;

  /** The events that the topic carries. */
  readonly events: EventFamily<Schemas>;
}

/**
 * Topic of another stack, which this one subscribes to. Nothing is needed on the other side: whoever deploys
 * may subscribe, SNS decrypts with the topic's key by itself, and what it delivers to is here. That stack
 * must stand first, and may not replace its topic while this one stands.
 */
export class TopicElsewhere<Schemas extends EventSchemas>
  extends Construct
  implements SubscribableTopic<Schemas>
{
  readonly topic: sns.ITopic;
  /** DLQs of the subscriptions made so far. */
  readonly undelivered: DeadLetterQueue[] = [];

  constructor(scope: Construct, id: string, props: TopicElsewhereProps<Schemas>) {
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
