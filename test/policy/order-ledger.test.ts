import { deliveryEdges } from '../support/policy/delivery-edges.ts';
import { reachOf } from '../support/policy/reach.ts';
import { synthesizedWorld } from '../support/policy/synthesized-world.ts';

const stack = 'order-ledger';
const world = synthesizedWorld('dev');
const topic = world.resource(`${stack}/OrderEvents/Topic`);
const queue = world.resource(`${stack}/Ledger/Queue`);
const consumer = world.role(`${stack}/LedgerConsumer/Role`);

it('events go from the topic to the queue or the DLQ of the subscription, and on to the consumer or the DLQ', () => {
  const names = deliveryEdges(world).map(({ name }) => name);
  const from = (path: string) => names.filter(name => name.startsWith(`${path} → `)).sort();

  expect(from(topic.path)).toEqual([
    `${topic.path} → ${queue.path}`,
    `${topic.path} → ${stack}/Ledger/UndeliveredOrderEvents`,
  ]);
  expect(from(queue.path)).toEqual([
    `${queue.path} → ${stack}/Ledger/Dlq`,
    `${queue.path} → ${stack}/LedgerConsumer/Role`,
  ]);
});

it('SNS sends to the queue for this topic alone, and over TLS alone', async () => {
  const sns = world.service('sns.amazonaws.com', topic);

  expect(await sns.may('sqs:SendMessage', queue)).toBeAllowed();
  const other = { arn: `${topic.arn}-other`, account: topic.account };
  expect(await world.service('sns.amazonaws.com', other).may('sqs:SendMessage', queue)).toBeDenied();
  expect(await world.service('sns.amazonaws.com').may('sqs:SendMessage', queue)).toBeDenied();
  expect(await consumer.overPlainHttp().may('sqs:ReceiveMessage', queue)).toBeForbidden();
});

it('nobody publishes without a permission of their own', async () => {
  for (const caller of [consumer, world.stranger(), world.outsider(), world.anybody()]) {
    expect(await caller.may('sns:Publish', topic)).toBeDenied();
  }
});

it.each(['dev', 'prod'] as const)(
  'the consumer reaches its queue, its table and nothing else in %s',
  async stage => {
    const deployed = synthesizedWorld(stage);
    const keyUses = ['kms:Decrypt', 'kms:DescribeKey', 'kms:Encrypt', 'kms:GenerateDataKey'];

    expect(await reachOf(deployed.resource(`${stack}/LedgerConsumer/Role`), deployed)).toEqual({
      '*': ['xray:PutTelemetryRecords', 'xray:PutTraceSegments'],
      [`${stack}/Entries/Table`]: ['dynamodb:GetItem', 'dynamodb:PutItem'],
      ...(stage === 'prod' && { [`${stack}/Entries/Key`]: keyUses }),
      [`${stack}/Ledger/Queue`]: [
        'sqs:ChangeMessageVisibility',
        'sqs:DeleteMessage',
        'sqs:GetQueueAttributes',
        'sqs:GetQueueUrl',
        'sqs:ReceiveMessage',
      ],
      [`${stack}/LedgerConsumer/Logs`]: ['logs:CreateLogStream', 'logs:PutLogEvents'],
      [`${stack}/QueueKey`]: ['kms:Decrypt'],
    });
  },
);
