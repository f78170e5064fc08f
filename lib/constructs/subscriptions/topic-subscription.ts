import * as sns from 'aws-cdk-lib/aws-sns';
import type { Construct, IDependable } from 'constructs';
import { type EventSchemas, type EventSelection, eventTypeAttribute } from '../../../contracts/events.ts';
import { DeadLetterQueue } from '../dead-letter-queue.ts';
import type { DurableQueue } from '../durable-queue.ts';
import type { MessageKey } from '../message-key.ts';

/** How a subscription delivers. */
export interface FanOutOptions {
  /**
   * Whether the queue gets the event as it was published, with its attributes, or inside SNS's JSON
   * envelope.
   *
   * @default true
   */
  readonly rawMessageDelivery?: boolean;
}

/** Where a subscription delivers, and how. */
export interface SubscriptionTarget {
  readonly protocol: sns.SubscriptionProtocol;
  /** ARN, URL, address or number, as the protocol has it. */
  readonly endpoint: string;

  /** @default false */
  readonly rawMessageDelivery?: boolean;

  /** Key of the subscription's DLQ; it must admit SNS for this topic. @default - SSE-SQS */
  readonly key?: MessageKey | undefined;

  /** How often SNS tries an HTTP(S) endpoint, and how fast. @default - the topic's */
  readonly deliveryPolicy?: sns.DeliveryPolicy;

  /** Role that SNS takes to deliver: Firehose wants one. */
  readonly subscriptionRoleArn?: string;

  /** What must be there before anything is delivered: a policy that lets SNS in. */
  readonly admission?: IDependable;
}

/** What a subscription gets. */
export type Subscribed<Schemas extends EventSchemas> =
  | EventSelection<unknown, keyof Schemas & string>
  | 'everything';

/** A topic that can be subscribed to, of this stack or of another. */
export interface SubscribableTopic<Schemas extends EventSchemas> {
  readonly topic: sns.ITopic;
  /** DLQs of the subscriptions made so far. */
  readonly undelivered: readonly DeadLetterQueue[];

  /** Subscribes a queue; returns the DLQ of the subscription. */
  fanOutTo(queue: DurableQueue, selection: Subscribed<Schemas>, options?: FanOutOptions): DeadLetterQueue;

  /** Subscribes whatever SNS delivers to; returns the DLQ of the subscription. */
  subscribe(
    subscriber: Construct,
    selection: Subscribed<Schemas>,
    target: SubscriptionTarget,
  ): DeadLetterQueue;
}

/** A queue as the target of a subscription: SNS may send to it, and use its key, for this topic alone. */
export function queueTarget(
  queue: DurableQueue,
  topicArn: string,
  options: FanOutOptions = {},
): SubscriptionTarget {
  return {
    protocol: sns.SubscriptionProtocol.SQS,
    endpoint: queue.queue.queueArn,
    rawMessageDelivery: options.rawMessageDelivery ?? true,
    // The queue's, so that the one grant to SNS covers both ways a delivery can end.
    key: queue.key,
    admission: queue.admit('sns.amazonaws.com', { sourceArn: topicArn }),
  };
}

/**
 * Makes a subscription and the DLQ of what it cannot deliver, both under the subscriber.
 *
 * @param topicId what the topic is called in their ids.
 */
export function subscribeTo<Schemas extends EventSchemas>(
  topic: sns.ITopic,
  topicId: string,
  subscriber: Construct,
  selection: Subscribed<Schemas>,
  target: SubscriptionTarget,
): { readonly subscription: sns.Subscription; readonly undelivered: DeadLetterQueue } {
  const { key, admission, ...delivery } = target;
  const undelivered = new DeadLetterQueue(subscriber, `Undelivered${topicId}`, { key, fifo: topic.fifo });
  const subscription = new sns.Subscription(subscriber, `Of${topicId}`, {
    topic,
    ...delivery,
    ...filterOf(selection),
    deadLetterQueue: undelivered,
  });
  // An event published before SNS is let in would go straight to the DLQ, or be lost if SNS is not let in there.
  subscription.node.addDependency(undelivered, ...(admission ? [admission] : []));
  return { subscription, undelivered };
}

/** What leaves out everything that was not selected. */
export function filterOf<Schemas extends EventSchemas>(
  selection: Subscribed<Schemas>,
): Pick<sns.SubscriptionProps, 'filterPolicy'> {
  if (selection === 'everything') return {};
  const { types } = selection;
  return {
    filterPolicy: {
      [eventTypeAttribute]: sns.SubscriptionFilter.stringFilter({ allowlist: [...types] }),
    },
  };
}
