import { account, foreignAccount, region } from '../support/policy/account.ts';
import { reachOf } from '../support/policy/reach.ts';
import { synthesizedWorld } from '../support/policy/synthesized-world.ts';

const stack = 'service-events';
const eventBridge = 'events.amazonaws.com';

const world = synthesizedWorld('dev');
const queue = world.resource(`${stack}/Events/Queue`);
const undelivered = world.resource(`${stack}/Intake/Undelivered`);
const key = world.resource(`${stack}/QueueKey`);
const rules = world.ofType('AWS::Events::Rule').filter(({ path }) => path.startsWith(`${stack}/`));

const ruleNamed = (name: string, owner = account) => ({
  arn: `arn:aws:events:${region}:${owner}:rule/${name}`,
  account: owner,
});

it.each([
  ['queue', 'sqs:SendMessage', queue],
  ['DLQ', 'sqs:SendMessage', undelivered],
  ['key', 'kms:GenerateDataKey', key],
] as const)(
  'the %s lets EventBridge in for rules of this stack and account alone',
  async (_, action, target) => {
    for (const rule of rules) {
      expect(await world.service(eventBridge, rule).may(action, target)).toBeAllowed();
    }
    const others = [
      ruleNamed('another-stack-Rule'),
      ruleNamed(`${stack}-Rule`, foreignAccount),
      { arn: rules[0]?.arn, account: foreignAccount },
      { arn: `arn:aws:events:${region}:${account}:event-bus/default`, account },
    ];
    for (const other of others) {
      expect(await world.service(eventBridge, other).may(action, target)).toBeDenied();
    }
    expect(await world.service(eventBridge).may(action, target)).toBeDenied();
    expect(await world.service('scheduler.amazonaws.com', rules[0]).may(action, target)).toBeDenied();
    for (const caller of [world.stranger(), world.outsider(), world.anybody()]) {
      expect(await caller.may(action, target)).toBeDenied();
    }
  },
);

it('takes nothing without TLS', async () => {
  for (const target of [queue, undelivered]) {
    const rule = world.service(eventBridge, rules[0]).overPlainHttp();
    expect(await rule.may('sqs:SendMessage', target)).toBeForbidden();
  }
});

it.each(['dev', 'prod'] as const)('the function may what it needs, and nothing else, in %s', async stage => {
  const deployed = synthesizedWorld(stage);
  const keyUses = ['kms:Decrypt', 'kms:DescribeKey', 'kms:Encrypt', 'kms:GenerateDataKey'];
  expect(await reachOf(deployed.resource(`${stack}/FileEvents/Role`), deployed)).toEqual({
    '*': ['xray:PutTelemetryRecords', 'xray:PutTraceSegments'],
    [`${stack}/FileEvents/Logs`]: ['logs:CreateLogStream', 'logs:PutLogEvents'],
    [`${stack}/Filed/Table`]: ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem'],
    ...(stage === 'prod' ? { [`${stack}/Filed/Key`]: keyUses } : {}),
    [`${stack}/Incidents/Topic`]: ['sns:Publish'],
    [`${stack}/QueueKey`]: ['kms:Decrypt'],
    [`${stack}/TopicKey`]: ['kms:Decrypt', 'kms:GenerateDataKey'],
    [`${stack}/Events/Queue`]: [
      'sqs:ChangeMessageVisibility',
      'sqs:DeleteMessage',
      'sqs:GetQueueAttributes',
      'sqs:GetQueueUrl',
      'sqs:ReceiveMessage',
    ],
  });
});
