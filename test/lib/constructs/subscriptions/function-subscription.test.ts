import { Duration } from 'aws-cdk-lib';
import { paymentEvents } from '../../../../contracts/orders.ts';
import {
  FunctionSubscription,
  type FunctionSubscriptionProps,
} from '../../../../lib/constructs/subscriptions/function-subscription.ts';
import { PropsError } from '../../../../lib/constructs/validation.ts';
import {
  onlyResource,
  referredId,
  resourceOf,
  resourcesOfType,
  templateOf,
} from '../../../support/stack-template.ts';
import { deliveriesOf, subscribedTopic, subscribingFunction } from './subscribed-topic.ts';

type Options = Partial<Pick<FunctionSubscriptionProps<never>, 'maxRetries' | 'maxEventAge'>>;

function subscribe(options: Options & { readonly encrypted?: boolean } = {}) {
  const { encrypted = true, ...settings } = options;
  const made = subscribedTopic();
  const subscriber = subscribingFunction(made.stack);
  const subscription = new FunctionSubscription(made.stack, 'Greeting', {
    topic: made.topic,
    selection: paymentEvents,
    function: subscriber,
    ...(encrypted && { key: made.key }),
    ...settings,
  });
  return { ...made, subscriber, subscription };
}

describe('FunctionSubscription', () => {
  it('has the topic invoke the function with the events of the selection', () => {
    const { stack, subscriber, topic } = subscribe();
    const { Properties } = onlyResource(stack, 'AWS::SNS::Subscription');
    expect(Properties).toMatchObject({
      Protocol: 'lambda',
      Endpoint: stack.resolve(subscriber.function.functionArn),
      TopicArn: stack.resolve(topic.topic.topicArn),
      FilterPolicy: { eventType: [...paymentEvents.types] },
    });
  });

  it('lets SNS invoke the function for this topic alone, before anything is delivered', () => {
    const { stack, topic } = subscribe();
    const [[id, permission] = []] = resourcesOfType(templateOf(stack), 'AWS::Lambda::Permission');
    expect(permission?.Properties).toMatchObject({
      Action: 'lambda:InvokeFunction',
      Principal: 'sns.amazonaws.com',
      SourceArn: stack.resolve(topic.topic.topicArn),
    });
    // SNS states no account: a condition on one would refuse every delivery.
    expect(permission?.Properties).not.toHaveProperty('SourceAccount');
    expect(onlyResource(stack, 'AWS::SNS::Subscription').DependsOn).toContain(id);
  });

  it('keeps what Lambda did not take in the DLQ of the subscription', () => {
    const { stack, subscription, topic } = subscribe();
    const { Properties } = onlyResource(stack, 'AWS::SNS::Subscription');
    expect(Properties.RedrivePolicy).toEqual({
      deadLetterTargetArn: stack.resolve(subscription.undelivered.queueArn),
    });
    expect(topic.undelivered).toEqual([subscription.undelivered]);
  });

  it('keeps what the function failed on in its on-failure destination', () => {
    const { stack, subscription, subscriber } = subscribe();
    const { Properties } = onlyResource(stack, 'AWS::Lambda::EventInvokeConfig');
    expect(referredId(Properties.FunctionName)).toBe(
      referredId(stack.resolve(subscriber.function.functionName)),
    );
    expect(Properties).toMatchObject({
      MaximumRetryAttempts: 2,
      MaximumEventAgeInSeconds: 21_600,
      DestinationConfig: { OnFailure: { Destination: stack.resolve(subscription.failed.queueArn) } },
    });
    expect(resourceOf(subscription.failed).Properties).toMatchObject({ MessageRetentionPeriod: 1_209_600 });
  });

  it('tries as often and as long as it is told', () => {
    const { stack } = subscribe({ maxRetries: 0, maxEventAge: Duration.minutes(5) });
    expect(onlyResource(stack, 'AWS::Lambda::EventInvokeConfig').Properties).toMatchObject({
      MaximumRetryAttempts: 0,
      MaximumEventAgeInSeconds: 300,
    });
  });

  it.each([{ encrypted: true }, { encrypted: false }])(
    'delivers to all ends, alone and over TLS: %o',
    options => {
      const { stack } = subscribe(options);
      const { kinds, problems } = deliveriesOf(stack);
      expect(kinds).toEqual([
        'DLQ of a subscription: orders/OrderPlacedTopic → orders/GreetingUndeliveredOrderPlaced',
        'On-failure destination: orders/GreeterFunction → orders/GreetingFailed',
        'SNS subscription (lambda): orders/OrderPlacedTopic → orders/GreeterFunction',
      ]);
      expect(problems).toEqual([]);
    },
  );

  it.each<Options>([
    { maxRetries: 3 },
    { maxRetries: 1.5 },
    { maxEventAge: Duration.seconds(30) },
    { maxEventAge: Duration.hours(7) },
  ])('fails when a prop is out of range: %o', options => {
    expect(() => subscribe(options)).toThrow(PropsError);
    expect(() => subscribe(options)).toThrow(Object.keys(options)[0] as string);
  });
});
