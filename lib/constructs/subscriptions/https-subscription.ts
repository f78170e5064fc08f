import { Token } from 'aws-cdk-lib';
import * as sns from 'aws-cdk-lib/aws-sns';
import { Construct, type IDependable } from 'constructs';
import type { EventSchemas } from '../../../contracts/events.ts';
import type { DeadLetterQueue } from '../dead-letter-queue.ts';
import type { MessageKey } from '../message-key.ts';
import { validateProps } from '../validation.ts';
import { deliveryPolicy, type HttpsDelivery } from './delivery-policy.ts';
import type { SubscribableTopic, Subscribed } from './topic-subscription.ts';

export interface HttpsSubscriptionProps<Schemas extends EventSchemas> extends HttpsDelivery {
  readonly topic: Pick<SubscribableTopic<Schemas>, 'topic' | 'subscribe'>;
  readonly selection: Subscribed<Schemas>;

  /** Where events are posted to. */
  readonly url: string;

  /** Key of the subscription's DLQ. @default - SSE-SQS: keys that SQS manages, at no charge */
  readonly key?: MessageKey;

  /**
   * What must be there before SNS asks the endpoint to confirm, which it does as soon as the subscription is
   * made: the endpoint itself, where it is of this stack.
   */
  readonly endpoint?: IDependable;
}

/**
 * HTTPS endpoint that gets a topic's events, each in SNS's signed envelope, once it has confirmed that it wants
 * them. What it does not take within its delivery policy waits in the DLQ of the subscription.
 *
 * A deployment does not wait for the confirmation: until it comes, the subscription is pending and SNS delivers
 * nothing. What SNS asks with is valid for two days; then somebody has to subscribe the endpoint again.
 *
 * @throws PropsError when a prop is out of the range that SNS allows.
 * @see https://docs.aws.amazon.com/sns/latest/dg/sns-http-https-endpoint-as-subscriber.html
 * @see https://docs.aws.amazon.com/sns/latest/dg/sns-message-delivery-retries.html
 */
export class HttpsSubscription<Schemas extends EventSchemas> extends Construct {
  /** DLQ of the subscription: events in the envelope that they were delivered in. */
  readonly undelivered: DeadLetterQueue;

  constructor(scope: Construct, id: string, props: HttpsSubscriptionProps<Schemas>) {
    const { topic, selection, url, key, endpoint, ...delivery } = props;
    const { policy, rules } = deliveryPolicy(delivery);
    validateProps(scope, id, [
      {
        prop: 'url',
        value: url,
        holds: Token.isUnresolved(url) || isHttps(url),
        allowed: 'a URL that begins with https://',
        remedy: 'Events carry what nobody else should read: give the endpoint a certificate.',
      },
      ...rules,
    ]);
    super(scope, id);
    key?.admit('sns.amazonaws.com', { sourceArn: topic.topic.topicArn });
    this.undelivered = topic.subscribe(this, selection, {
      protocol: sns.SubscriptionProtocol.HTTPS,
      endpoint: url,
      key,
      deliveryPolicy: policy,
      ...(endpoint && { admission: endpoint }),
    });
  }
}

function isHttps(url: string): boolean {
  return URL.canParse(url) && new URL(url).protocol === 'https:';
}
