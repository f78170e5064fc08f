import { account } from '../support/policy/account.ts';
import { synthesizedWorld } from '../support/policy/synthesized-world.ts';

const sns = 'sns.amazonaws.com';
const world = synthesizedWorld('dev');
const topic = world.resource('cross-region-primary/Prices/Topic');
const places = {
  'queue of the primary region': 'cross-region-primary/Shown/Queue',
  'queue of the secondary region': 'cross-region-secondary/Shown/Queue',
  'DLQ of the subscription from there': 'cross-region-primary/Prices/UndeliveredInSecondary',
};
const keys = {
  'key of the primary region': 'cross-region-primary/QueueKey',
  'key of the secondary region': 'cross-region-secondary/QueueKey',
};

it('the topic and the queues are where they should be', () => {
  const regionsOf = (...paths: string[]) => paths.map(path => world.resource(path).region);
  expect(topic.region).toBe('eu-west-1');
  expect(regionsOf(...Object.values(places))).toEqual(['eu-west-1', 'eu-central-1', 'eu-west-1']);
  const [subscription] = world
    .ofType('AWS::SNS::Subscription')
    .filter(({ path }) => path.startsWith('cross-region-secondary/'));
  expect(subscription?.property('Region')).toBe('eu-west-1');
  expect(subscription?.property('TopicArn')).toBe(topic.arn);
  expect(subscription?.property('Endpoint')).toBe(
    world.resource(places['queue of the secondary region']).arn,
  );
  expect(JSON.stringify(subscription?.property('RedrivePolicy'))).toContain(
    world.resource(places['DLQ of the subscription from there']).arn,
  );
});

describe.each([
  ...Object.entries(places).map(([name, path]) => [name, 'sqs:SendMessage', path] as const),
  ...Object.entries(keys).map(([name, path]) => [name, 'kms:GenerateDataKey', path] as const),
])('the %s', (_, action, path) => {
  const target = world.resource(path);
  const from = (arn: string | undefined) => world.service(sns, { arn, account }).may(action, target);

  it('lets SNS in for the one topic, of the one region', async () => {
    expect(await from(topic.arn)).toBeAllowed();
    expect(await from(topic.arn?.replace('eu-west-1', 'eu-central-1'))).toBeDenied();
    expect(await from(topic.arn?.replace('prices', 'other'))).toBeDenied();
    expect(await from(undefined)).toBeDenied();
  });

  it('and nobody else', async () => {
    for (const caller of [world.stranger(), world.outsider(), world.anybody()]) {
      expect(await caller.may(action, target)).toBeDenied();
    }
  });
});

it.each(Object.entries(places))('the %s takes nothing without TLS', async (_, path) => {
  const caller = world.service(sns, topic).overPlainHttp();
  expect(await caller.may('sqs:SendMessage', world.resource(path))).toBeForbidden();
});
