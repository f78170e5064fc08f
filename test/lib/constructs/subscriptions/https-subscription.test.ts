import { Duration } from 'aws-cdk-lib';
import { BackoffFunction } from 'aws-cdk-lib/aws-sns';
import { paymentEvents } from '../../../../contracts/orders.ts';
import type { HttpsDelivery } from '../../../../lib/constructs/subscriptions/delivery-policy.ts';
import {
  HttpsSubscription,
  type HttpsSubscriptionProps,
} from '../../../../lib/constructs/subscriptions/https-subscription.ts';
import { PropsError } from '../../../../lib/constructs/validation.ts';
import { onlyResource, resourceOf } from '../../../support/stack-template.ts';
import { deliveriesOf, subscribedTopic, subscribingFunction } from './subscribed-topic.ts';

type Options = HttpsDelivery & Partial<Pick<HttpsSubscriptionProps<never>, 'url'>>;

function subscribe(options: Options = {}) {
  const made = subscribedTopic();
  const endpoint = subscribingFunction(made.stack);
  const subscription = new HttpsSubscription(made.stack, 'Crm', {
    topic: made.topic,
    selection: paymentEvents,
    url: 'https://crm.example.com/events',
    key: made.key,
    endpoint,
    ...options,
  });
  const { Properties, DependsOn } = onlyResource(made.stack, 'AWS::SNS::Subscription');
  return { ...made, endpoint, subscription, Properties, DependsOn };
}

describe('HttpsSubscription', () => {
  it('posts the events of the selection to the URL, in the envelope that carries the signature', () => {
    const { Properties, stack, topic } = subscribe();
    expect(Properties).toMatchObject({
      Protocol: 'https',
      Endpoint: 'https://crm.example.com/events',
      TopicArn: stack.resolve(topic.topic.topicArn),
      FilterPolicy: { eventType: [...paymentEvents.types] },
    });
    expect(Properties.RawMessageDelivery).not.toBe(true);
  });

  it('is signed over SHA-256', () => {
    const { topic } = subscribe();
    expect(resourceOf(topic.topic).Properties).toMatchObject({ SignatureVersion: '2' });
  });

  it('is made once the endpoint is there, since it has to confirm at once', () => {
    const { DependsOn, stack, endpoint } = subscribe();
    expect(DependsOn).toContain(
      stack.resolve((endpoint.function.node.defaultChild as { logicalId?: string }).logicalId),
    );
  });

  it('tries eleven times within half an hour, by default', () => {
    expect(subscribe().Properties.DeliveryPolicy).toEqual({
      healthyRetryPolicy: {
        numRetries: 10,
        numNoDelayRetries: 1,
        numMinDelayRetries: 2,
        numMaxDelayRetries: 2,
        minDelayTarget: 5,
        maxDelayTarget: 300,
        backoffFunction: 'EXPONENTIAL',
      },
      requestPolicy: { headerContentType: 'application/json' },
    });
  });

  it('tries as it is told', () => {
    const { Properties } = subscribe({
      retries: 3,
      retriesWithoutDelay: 0,
      retriesAtMinDelay: 3,
      minDelay: Duration.seconds(1),
      maxDelay: Duration.seconds(1),
      backoff: BackoffFunction.LINEAR,
      maxDeliveriesPerSecond: 10,
      contentType: 'text/plain',
    });
    expect(Properties.DeliveryPolicy).toMatchObject({
      healthyRetryPolicy: {
        numRetries: 3,
        numMinDelayRetries: 3,
        numMaxDelayRetries: 0,
        backoffFunction: 'LINEAR',
      },
      throttlePolicy: { maxReceivesPerSecond: 10 },
      requestPolicy: { headerContentType: 'text/plain' },
    });
  });

  it('can be told not to try again', () => {
    expect(subscribe({ retries: 0 }).Properties.DeliveryPolicy).toMatchObject({
      healthyRetryPolicy: {
        numRetries: 0,
        numNoDelayRetries: 0,
        numMinDelayRetries: 0,
        numMaxDelayRetries: 0,
      },
    });
  });

  it('keeps what the endpoint did not take in the DLQ of the subscription', () => {
    const { stack, Properties, subscription } = subscribe();
    expect(Properties.RedrivePolicy).toEqual({
      deadLetterTargetArn: stack.resolve(subscription.undelivered.queueArn),
    });
    const { kinds, problems } = deliveriesOf(stack);
    expect(kinds).toEqual([
      'DLQ of a subscription: orders/OrderPlacedTopic → orders/CrmUndeliveredOrderPlaced',
      'SNS subscription (https): orders/OrderPlacedTopic → https://crm.example.com/events',
    ]);
    expect(problems).toEqual([]);
  });

  it.each<[string, Options]>([
    ['url', { url: 'http://crm.example.com/events' }],
    ['url', { url: 'crm.example.com' }],
    ['retries', { retries: 101 }],
    ['retries', { retries: -1 }],
    ['together', { retries: 3, retriesWithoutDelay: 2, retriesAtMinDelay: 2 }],
    ['together', { retriesWithoutDelay: 0.5 }],
    ['minDelay', { minDelay: Duration.millis(500) }],
    ['maxDelay', { minDelay: Duration.seconds(60), maxDelay: Duration.seconds(30) }],
    ['maxDelay', { maxDelay: Duration.hours(2) }],
    ['pauses', { retries: 100 }],
    ['pauses', { retries: 13, retriesAtMaxDelay: 13, retriesWithoutDelay: 0, retriesAtMinDelay: 0 }],
    ['maxDeliveriesPerSecond', { maxDeliveriesPerSecond: 0 }],
    ['contentType', { contentType: 'image/png' as 'text/plain' }],
  ])('fails when %s is out of range: %o', (prop, options) => {
    expect(() => subscribe(options)).toThrow(PropsError);
    expect(() => subscribe(options)).toThrow(prop);
  });
});
