import { App, Stack } from 'aws-cdk-lib';
import { priceEvents, shownPrices } from '../../../../contracts/prices.ts';
import { DurableQueue } from '../../../../lib/constructs/durable-queue.ts';
import { RegionSubscription } from '../../../../lib/constructs/subscriptions/region-subscription.ts';
import { PropsError } from '../../../../lib/constructs/validation.ts';
import { resourcesOfType, templateOf } from '../../../support/stack-template.ts';
import { cdkJsonContext } from '../../../support/synthesized-app.ts';

function subscribeIn(region: string) {
  const stack = new Stack(new App({ context: cdkJsonContext() }), 'orders', { env: { region } });
  new RegionSubscription(stack, 'Prices', {
    topicName: 'prices',
    topicRegion: 'eu-west-1',
    events: priceEvents,
    selection: shownPrices,
    queue: new DurableQueue(stack, 'Shown'),
    undeliveredName: 'undelivered',
  });
  return stack;
}

it("subscribes in the topic's region, with the DLQ there, once SNS is let into the queue", () => {
  const [[, subscription] = []] = resourcesOfType(
    templateOf(subscribeIn('eu-central-1')),
    'AWS::SNS::Subscription',
  );
  const there = (service: string, name: string) => ({
    'Fn::Join': ['', [`arn:aws:${service}:eu-west-1:`, { Ref: 'AWS::AccountId' }, `:${name}`]],
  });
  expect(subscription?.Properties).toMatchObject({
    Region: 'eu-west-1',
    TopicArn: there('sns', 'prices'),
    Protocol: 'sqs',
    RawMessageDelivery: true,
    FilterPolicy: { eventType: ['price_changed'] },
    RedrivePolicy: { deadLetterTargetArn: there('sqs', 'undelivered') },
  });
  expect(subscription?.DependsOn).toEqual([expect.stringMatching(/^ShownQueuePolicy/)]);
});

it('fails within a region', () => {
  expect(() => subscribeIn('eu-west-1')).toThrow(PropsError);
  expect(() => subscribeIn('eu-west-1')).toThrow(
    'topicRegion is eu-west-1; allowed: another region than eu-west-1.',
  );
});
