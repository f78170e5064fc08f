import { account, foreignAccount, region } from '../support/policy/account.ts';
import type { Target } from '../support/policy/caller.ts';
import { deliveryEdges } from '../support/policy/delivery-edges.ts';
import { reachOf } from '../support/policy/reach.ts';
import { synthesizedWorld } from '../support/policy/synthesized-world.ts';

const stack = 'order-workflow';
const states = 'states.amazonaws.com';

const world = synthesizedWorld('dev');
const machine = world.resource(`${stack}/Orders/Machine`);
const machineRole = world.resource(`${stack}/Orders/Role`);
const queue = world.resource(`${stack}/PaymentTasks/Queue`);
const deadLetters = world.resource(`${stack}/PaymentTasks/Dlq`);
const queueKey = world.resource(`${stack}/QueueKey`);
const startOrder = world.role(`${stack}/StartOrder/Role`);
const takePayment = world.role(`${stack}/TakePayment/Role`);
const giveUpPayment = world.role(`${stack}/GiveUpPayment/Role`);
const keepStock = world.role(`${stack}/KeepStock/Role`);
const cancelPayment = world.role(`${stack}/CancelPayment/Role`);
const others = [keepStock, cancelPayment, world.stranger(), world.outsider(), world.anybody()];

/** An execution as the intake starts it, or one of another machine or account. */
const executionOf = (name: string, owner = account): Target => ({
  path: `an execution of ${name}`,
  arn: `arn:aws:states:${region}:${owner}:execution:${name}:12345`,
  account: owner,
});

it('the workflow delivers to its functions and its queue, and nowhere else', () => {
  const names = deliveryEdges(world).map(({ name }) => name);
  expect(names.filter(name => name.startsWith(`${machine.path} → `)).sort()).toEqual([
    `${machine.path} → ${stack}/CancelPayment/Function`,
    `${machine.path} → ${stack}/KeepStock/Function`,
    `${machine.path} → ${stack}/KeepStock/Function`,
    `${machine.path} → ${queue.path}`,
  ]);
});

describe('the role of the workflow', () => {
  it('is assumed by Step Functions, for machines of this account alone', async () => {
    expect(await world.service(states, machine).may('sts:AssumeRole', machineRole)).toBeAllowed();
    const foreign = { arn: machine.arn?.replace(account, foreignAccount), account: foreignAccount };
    expect(await world.service(states, foreign).may('sts:AssumeRole', machineRole)).toBeDenied();
    expect(await world.service(states).may('sts:AssumeRole', machineRole)).toBeDenied();
    for (const caller of [startOrder, takePayment, giveUpPayment, ...others]) {
      expect(await caller.may('sts:AssumeRole', machineRole)).toBeDenied();
    }
  });

  it('sends to the one queue, and nobody else does, nor anybody without TLS', async () => {
    const role = world.role(machineRole);
    expect(await role.may('sqs:SendMessage', queue)).toBeAllowed();
    expect(await role.may('kms:GenerateDataKey', queueKey)).toBeAllowed();
    expect(await role.overPlainHttp().may('sqs:SendMessage', queue)).toBeForbidden();
    for (const other of world.ofType('AWS::SQS::Queue').filter(({ path }) => path !== queue.path)) {
      expect(await role.may('sqs:SendMessage', other)).toBeDenied();
    }
    for (const caller of [startOrder, takePayment, giveUpPayment, ...others]) {
      expect(await caller.may('sqs:SendMessage', queue)).toBeDenied();
    }
  });
});

describe('executions', () => {
  it('are started by the intake alone, which looks at those of the one machine', async () => {
    expect(await startOrder.may('states:StartExecution', machine)).toBeAllowed();
    expect(await startOrder.may('states:DescribeExecution', executionOf(machine.name))).toBeAllowed();
    for (const other of [executionOf('Others'), executionOf(machine.name, foreignAccount)]) {
      expect(await startOrder.may('states:DescribeExecution', other)).toBeDenied();
    }
    expect(await startOrder.may('states:StopExecution', executionOf(machine.name))).toBeDenied();
    for (const caller of [takePayment, giveUpPayment, ...others]) {
      expect(await caller.may('states:StartExecution', machine)).toBeDenied();
    }
  });

  it('are answered by the worker, and failed by whoever gives up', async () => {
    for (const answer of ['SendTaskHeartbeat', 'SendTaskSuccess', 'SendTaskFailure']) {
      expect(await takePayment.may(`states:${answer}`, machine)).toBeAllowed();
      for (const caller of [startOrder, ...others]) {
        expect(await caller.may(`states:${answer}`, machine)).toBeDenied();
      }
    }
    expect(await giveUpPayment.may('states:SendTaskFailure', machine)).toBeAllowed();
    expect(await giveUpPayment.may('states:SendTaskSuccess', machine)).toBeDenied();
  });
});

it('whoever gives up takes from the DLQ, and the worker from the queue, neither from the other', async () => {
  expect(await takePayment.may('sqs:ReceiveMessage', queue)).toBeAllowed();
  expect(await takePayment.may('sqs:ReceiveMessage', deadLetters)).toBeDenied();
  expect(await giveUpPayment.may('sqs:ReceiveMessage', deadLetters)).toBeAllowed();
  expect(await giveUpPayment.may('sqs:ReceiveMessage', queue)).toBeDenied();
});

describe('roles may, and nothing else', () => {
  it.each(['dev', 'prod'] as const)('in %s', async stage => {
    const deployed = synthesizedWorld(stage);
    const reach = (path: string) => reachOf(deployed.resource(`${stack}/${path}`), deployed);
    const keyUses = ['kms:Decrypt', 'kms:DescribeKey', 'kms:Encrypt', 'kms:GenerateDataKey'];
    const keyOf = (table: string) => (stage === 'prod' ? { [`${stack}/${table}/Key`]: keyUses } : {});
    const traces = { '*': ['xray:PutTelemetryRecords', 'xray:PutTraceSegments'] };
    const logs = (name: string) => ({
      [`${stack}/${name}/Logs`]: ['logs:CreateLogStream', 'logs:PutLogEvents'],
    });
    const taking = [
      'sqs:ChangeMessageVisibility',
      'sqs:DeleteMessage',
      'sqs:GetQueueAttributes',
      'sqs:GetQueueUrl',
      'sqs:ReceiveMessage',
    ];
    const payments = {
      [`${stack}/Payments/Table`]: ['dynamodb:GetItem', 'dynamodb:PutItem'],
      ...keyOf('Payments'),
    };
    const cardToken = 'in event_type=order_placed field=card_token order_id=*';

    expect(await reach('Orders/Role')).toEqual({
      '*': [
        'logs:CreateLogDelivery',
        'logs:DeleteLogDelivery',
        'logs:DescribeLogGroups',
        'logs:DescribeResourcePolicies',
        'logs:GetLogDelivery',
        'logs:ListLogDeliveries',
        'logs:PutResourcePolicy',
        'logs:UpdateLogDelivery',
        'xray:GetSamplingRules',
        'xray:GetSamplingTargets',
        'xray:PutTelemetryRecords',
        'xray:PutTraceSegments',
      ],
      [`${stack}/CancelPayment/Function`]: ['lambda:InvokeFunction'],
      [`${stack}/KeepStock/Function`]: ['lambda:InvokeFunction'],
      [`${stack}/PaymentTasks/Queue`]: ['sqs:SendMessage'],
      [`${stack}/QueueKey`]: ['kms:Decrypt', 'kms:GenerateDataKey'],
    });
    expect(await reach('StartOrder/Role')).toEqual({
      ...traces,
      ...logs('StartOrder'),
      [`${stack}/CardTokenKey`]: [`kms:GenerateDataKey ${cardToken}`],
      [`${stack}/Orders/Machine`]: ['states:StartExecution'],
      [`executions made later: ${stack}/Orders/Machine`]: ['states:DescribeExecution'],
    });
    expect(await reach('KeepStock/Role')).toEqual({
      ...traces,
      ...logs('KeepStock'),
      [`${stack}/Stock/Table`]: ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem'],
      ...keyOf('Stock'),
    });
    expect(await reach('TakePayment/Role')).toEqual({
      ...traces,
      ...logs('TakePayment'),
      ...payments,
      [`${stack}/CardTokenKey`]: [`kms:Decrypt ${cardToken}`],
      [`${stack}/Orders/Machine`]: [
        'states:SendTaskFailure',
        'states:SendTaskHeartbeat',
        'states:SendTaskSuccess',
      ],
      [`${stack}/PaymentTasks/Queue`]: taking,
      [`${stack}/QueueKey`]: ['kms:Decrypt'],
    });
    expect(await reach('CancelPayment/Role')).toEqual({ ...traces, ...logs('CancelPayment'), ...payments });
    expect(await reach('GiveUpPayment/Role')).toEqual({
      ...traces,
      ...logs('GiveUpPayment'),
      [`${stack}/Orders/Machine`]: ['states:SendTaskFailure'],
      [`${stack}/PaymentTasks/Dlq`]: taking,
      [`${stack}/QueueKey`]: ['kms:Decrypt'],
    });
  });
});
