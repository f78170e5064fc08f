import { reachOf } from '../support/policy/reach.ts';
import { synthesizedWorld } from '../support/policy/synthesized-world.ts';
import { consuming } from '../support/policy/worker-reach.ts';

const path = (name: string) => `message-broker/${name}`;

const secretsManager = 'secretsmanager.eu-west-1.amazonaws.com';

/** What whoever connects to the broker may do, to know who to be there. */
const knowingTheUser = {
  [path('Broker/User/Secret')]: ['secretsmanager:GetSecretValue'],
  [path('Broker/User/Key')]: [`kms:Decrypt by ${secretsManager}`],
};

describe.each([
  ['dev', 'rabbitmq'],
  ['prod', 'rabbitmq'],
  ['dev', 'activemq'],
  ['prod', 'activemq'],
] as const)('in %s on %s', (stage, brokerEngine) => {
  const world = synthesizedWorld(stage, brokerEngine === 'rabbitmq' ? {} : { brokerEngine });
  const withTableKey = (table: string) =>
    stage === 'prod'
      ? { [path(`${table}/Key`)]: ['kms:Decrypt', 'kms:DescribeKey', 'kms:Encrypt', 'kms:GenerateDataKey'] }
      : {};

  it('the bridge takes events from its queue, knows the user of the broker, and nothing else', async () => {
    expect(await reachOf(world.resource(path('Bridge/Role')), world)).toEqual({
      ...knowingTheUser,
      [path('Bridge/Cluster')]: ['ecs:GetTaskProtection', 'ecs:UpdateTaskProtection'],
      [path('Outbox/Queue')]: consuming,
      [path('QueueKey')]: ['kms:Decrypt'],
    });
  });

  it('the warehouse knows the user of the broker and writes its picks, and nothing else', async () => {
    expect(await reachOf(world.resource(path('Warehouse/Role')), world)).toEqual({
      ...knowingTheUser,
      ...withTableKey('Picks'),
      [path('Picks/Table')]: ['dynamodb:PutItem', 'dynamodb:UpdateItem'],
    });
  });

  it('the function lets itself be polled for, in the network of the broker and nowhere else', async () => {
    const reach = await reachOf(world.resource(path('Invoicing/Role')), world);
    expect(reach).toMatchObject({
      ...knowingTheUser,
      ...withTableKey('Invoices'),
      '*': [
        'ec2:DescribeNetworkInterfaces',
        'ec2:DescribeSecurityGroups',
        'ec2:DescribeSubnets',
        'ec2:DescribeVpcs',
        'xray:PutTelemetryRecords',
        'xray:PutTraceSegments',
      ],
      [path('Broker/Broker')]: ['mq:DescribeBroker'],
      [path('Broker/Group')]: ['ec2:CreateNetworkInterface'],
      [path('Network/Isolated1')]: ['ec2:CreateNetworkInterface'],
      'network interfaces made later': ['ec2:CreateNetworkInterface', 'ec2:DeleteNetworkInterface'],
      [path('Invoices/Table')]: ['dynamodb:PutItem'],
      [path('InvoicingRejects')]: ['sqs:SendMessage'],
      [path('QueueKey')]: ['kms:Decrypt', 'kms:GenerateDataKey'],
    });
    const inAllZones = stage === 'prod' && brokerEngine === 'rabbitmq';
    expect(path('Network/Isolated3') in reach).toBe(inAllZones);
  });
});
