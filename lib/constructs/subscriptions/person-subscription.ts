import * as sns from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import type { EventSchemas } from '../../../contracts/events.ts';
import type { DeadLetterQueue } from '../dead-letter-queue.ts';
import type { FanOutTopic } from '../fan-out-topic.ts';
import type { MessageKey } from '../message-key.ts';
import { validateProps } from '../validation.ts';
import type { Subscribed } from './topic-subscription.ts';

export interface PersonSubscriptionProps<Schemas extends EventSchemas> {
  readonly topic: FanOutTopic<Schemas>;
  readonly selection: Subscribed<Schemas>;

  /** How the person is reached: an SMS is paid for, a mail says where it can be unsubscribed from. */
  readonly by: 'email' | 'sms';

  /** Address, or number with its country code. */
  readonly endpoint: string;

  /** Key of the subscription's DLQ. @default - SSE-SQS: keys that SQS manages, at no charge */
  readonly key?: MessageKey;
}

/**
 * Person who hears of a topic's events by mail or SMS, in words that are made for it. What SNS could not bring
 * within six hours waits in the DLQ of the subscription.
 *
 * A mail address gets nothing until its owner confirmed, for which he has two days; a deployment does not wait for
 * it. SMS wants a topic with a display name, and an account that may send them.
 *
 * @throws PropsError when the topic has no display name for an SMS.
 * @see https://docs.aws.amazon.com/sns/latest/dg/sns-email-notifications.html
 * @see https://docs.aws.amazon.com/sns/latest/dg/sns-mobile-phone-number-as-subscriber.html
 */
export class PersonSubscription<Schemas extends EventSchemas> extends Construct {
  /** DLQ of the subscription: events in the envelope of SNS. */
  readonly undelivered: DeadLetterQueue;

  constructor(scope: Construct, id: string, props: PersonSubscriptionProps<Schemas>) {
    const { topic, selection, by, endpoint, key } = props;
    validateProps(scope, id, [
      {
        prop: "topic's displayName",
        value: topic.displayName,
        holds: by !== 'sms' || topic.displayName !== undefined,
        allowed: 'a name for subscriptions by SMS',
        remedy: 'An SMS begins with its first ten characters: say in them who sends it.',
      },
    ]);
    super(scope, id);
    key?.admit('sns.amazonaws.com', { sourceArn: topic.topic.topicArn });
    this.undelivered = topic.subscribe(this, selection, {
      protocol: by === 'email' ? sns.SubscriptionProtocol.EMAIL : sns.SubscriptionProtocol.SMS,
      endpoint,
      key,
    });
  }
}
