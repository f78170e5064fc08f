import { orderEvents, paymentEvents } from '../../../../contracts/orders.ts';
import { FanOutTopic } from '../../../../lib/constructs/fan-out-topic.ts';
import { MessageKey } from '../../../../lib/constructs/message-key.ts';
import { endpointId } from '../../../../lib/constructs/subscriptions/endpoint-id.ts';
import { PersonSubscription } from '../../../../lib/constructs/subscriptions/person-subscription.ts';
import { PropsError } from '../../../../lib/constructs/validation.ts';
import { onlyResource, resourceOf, testStack } from '../../../support/stack-template.ts';
import { deliveriesOf } from './subscribed-topic.ts';

function subscribe(by: 'email' | 'sms', endpoint: string, displayName?: string) {
  const stack = testStack();
  const topic = new FanOutTopic(stack, 'OrderPlaced', {
    events: orderEvents,
    key: new MessageKey(stack, 'TopicKey', { description: 'Encrypts orders on their topic' }),
    ...(displayName !== undefined && { displayName }),
  });
  const key = new MessageKey(stack, 'QueueKey', { description: 'Encrypts orders in queues' });
  const subscription = new PersonSubscription(stack, 'Jane', {
    topic,
    selection: paymentEvents,
    by,
    endpoint,
    key,
  });
  return { stack, topic, subscription };
}

describe('PersonSubscription', () => {
  it.each([
    ['email', 'jane@example.com'],
    ['sms', '+15550100'],
  ] as const)('brings the events of the selection by %s, and what it cannot into its DLQ', (by, endpoint) => {
    const { stack, topic, subscription } = subscribe(by, endpoint, 'Orders');

    expect(onlyResource(stack, 'AWS::SNS::Subscription').Properties).toMatchObject({
      Protocol: by,
      Endpoint: endpoint,
      TopicArn: stack.resolve(topic.topic.topicArn),
      FilterPolicy: { eventType: [...paymentEvents.types] },
      RedrivePolicy: { deadLetterTargetArn: stack.resolve(subscription.undelivered.queueArn) },
    });
    expect(topic.undelivered).toEqual([subscription.undelivered]);
    expect(resourceOf(topic.topic).Properties).toMatchObject({ DisplayName: 'Orders' });
  });

  it('lets SNS into the DLQ, and nowhere else', () => {
    const { kinds, problems } = deliveriesOf(subscribe('email', 'jane@example.com').stack);

    expect(kinds).toEqual([
      'DLQ of a subscription: orders/OrderPlacedTopic → orders/JaneUndeliveredOrderPlaced',
      'SNS subscription (email): orders/OrderPlacedTopic → jane@example.com',
    ]);
    expect(problems).toEqual([]);
  });

  it('fails when an SMS would not say who sends it', () => {
    expect(() => subscribe('sms', '+15550100')).toThrow(PropsError);
    expect(() => subscribe('email', 'jane@example.com')).not.toThrow();
  });
});

it.each(['', 'x'.repeat(101)])('fails when the display name is %j', displayName => {
  expect(() => subscribe('email', 'jane@example.com', displayName)).toThrow(
    /displayName is .* allowed: 1 to 100 characters/,
  );
});

it('a subscription of a list has the id of its endpoint', () => {
  expect(endpointId('Email', 'jane@example.com')).toBe(endpointId('Email', 'jane@example.com'));
  expect(endpointId('Email', 'jane@example.com')).not.toBe(endpointId('Email', 'john@example.com'));
  expect(endpointId('Sms', '+15550100')).toMatch(/^Sms[0-9a-f]{8}$/);
});
