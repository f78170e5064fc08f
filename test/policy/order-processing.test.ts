import { cardToken } from '../../contracts/orders.ts';
import { deliveryEdges } from '../support/policy/delivery-edges.ts';
import { reachOf } from '../support/policy/reach.ts';
import { synthesizedWorld } from '../support/policy/synthesized-world.ts';

const stack = 'order-processing';
const services = ['Payment', 'Inventory', 'Shipping'];

const dev = synthesizedWorld('dev');
const ownOf = (type: string, world = dev) =>
  world.ofType(type).filter(({ stackName }) => stackName === stack);
const topic = dev.resource(`${stack}/OrderPlaced/Topic`);
const queueKey = dev.resource(`${stack}/QueueKey`);
const redriver = `${stack}/Redriver/Run/Role`;
const alarmTopic = dev.resource(`${stack}/Alarms/Topic`);

describe('order-processing delivers', () => {
  const names = deliveryEdges(dev).map(edge => edge.name);

  it('from the topic to each queue, or to the DLQ of the subscription', () => {
    const destinations = names.filter(name => name.startsWith(`${topic.path} → `));
    expect(destinations.sort()).toEqual(
      services
        .flatMap(service => [`${stack}/${service}/Queue`, `${stack}/${service}/UndeliveredOrderPlaced`])
        .map(path => `${topic.path} → ${path}`)
        .sort(),
    );
  });

  it.each(services)('from the queue of %s to its consumer, or to its DLQ', service => {
    const queue = `${stack}/${service}/Queue`;
    const destinations = names.filter(name => name.startsWith(`${queue} → `));
    expect(destinations.sort()).toEqual([
      `${queue} → ${stack}/${service}/Dlq`,
      `${queue} → ${stack}/${service}Consumer/Role`,
    ]);
  });

  it('from the API to place-order', () => {
    const delivered = names.filter(name => name.endsWith(` → ${stack}/PlaceOrder/Function`));
    expect(delivered).toEqual([`${stack}/Intake/Api/POST--orders → ${stack}/PlaceOrder/Function`]);
  });

  it('from every alarm to the alarm topic', () => {
    const alarms = ownOf('AWS::CloudWatch::Alarm').map(({ path }) => `${path} → ${alarmTopic.path}`);
    expect(alarms.length).toBeGreaterThan(0);
    expect(names.filter(name => name.endsWith(` → ${alarmTopic.path}`)).sort()).toEqual(alarms.sort());
  });
});

describe('SNS', () => {
  const sns = 'sns.amazonaws.com';

  it.each(services)('sends to the queue of %s for the orders topic alone', async service => {
    const queue = dev.resource(`${stack}/${service}/Queue`);
    expect(await dev.service(sns, topic).may('sqs:SendMessage', queue)).toBeAllowed();
    expect(await dev.service(sns, alarmTopic).may('sqs:SendMessage', queue)).toBeDenied();
    expect(await dev.service(sns, topic).may('sqs:ReceiveMessage', queue)).toBeDenied();
    const deadLetterQueue = dev.resource(`${stack}/${service}/Dlq`);
    expect(await dev.service(sns, topic).may('sqs:SendMessage', deadLetterQueue)).toBeDenied();
  });

  it.each(['Decrypt', 'GenerateDataKey'])(
    'asks the key of the queues to %s for the orders topic alone',
    async action => {
      expect(await dev.service(sns, topic).may(`kms:${action}`, queueKey)).toBeAllowed();
      expect(await dev.service(sns, alarmTopic).may(`kms:${action}`, queueKey)).toBeDenied();
      expect(await dev.service(sns).may(`kms:${action}`, queueKey)).toBeDenied();
      const topicKey = dev.resource(`${stack}/TopicKey`);
      expect(await dev.service(sns, topic).may(`kms:${action}`, topicKey)).toBeDenied();
    },
  );
});

it.each(
  services.flatMap(service =>
    ['Queue', 'Dlq', 'UndeliveredOrderPlaced'].map(queue => `${stack}/${service}/${queue}`),
  ),
)('nobody sends to %s directly but whom the account lets', async path => {
  const queue = dev.resource(path);
  for (const role of dev.ofType('AWS::IAM::Role').filter(({ path: own }) => own !== redriver)) {
    expect(await dev.role(role).may('sqs:SendMessage', queue)).toBeDenied();
  }
  expect(await dev.stranger().may('sqs:SendMessage', queue)).toBeDenied();
  expect(await dev.outsider().may('sqs:SendMessage', queue)).toBeDenied();
  expect(await dev.anybody().may('sqs:SendMessage', queue)).toBeDenied();
  expect(await dev.administrator().may('sqs:SendMessage', queue)).toBeAllowed();
  expect(await dev.administrator().overPlainHttp().may('sqs:SendMessage', queue)).toBeForbidden();
});

describe('the redriver', () => {
  const role = dev.role(redriver);
  const deadLetterQueues = services.flatMap(service =>
    ['Dlq', 'UndeliveredOrderPlaced'].map(queue => `${stack}/${service}/${queue}`),
  );

  it.each(services)('sends to the queue of %s, and takes nothing from it', async service => {
    const queue = dev.resource(`${stack}/${service}/Queue`);
    expect(await role.may('sqs:SendMessage', queue)).toBeAllowed();
    expect(await role.may('sqs:GetQueueAttributes', queue)).toBeAllowed();
    for (const call of ['ReceiveMessage', 'DeleteMessage', 'PurgeQueue', 'SetQueueAttributes']) {
      expect(await role.may(`sqs:${call}`, queue)).toBeDenied();
    }
    expect(await role.overPlainHttp().may('sqs:SendMessage', queue)).toBeForbidden();
  });

  it.each(deadLetterQueues)('takes from %s, and sends nothing there', async path => {
    const queue = dev.resource(path);
    for (const call of ['ReceiveMessage', 'DeleteMessage', 'GetQueueAttributes']) {
      expect(await role.may(`sqs:${call}`, queue)).toBeAllowed();
      expect(await role.overPlainHttp().may(`sqs:${call}`, queue)).toBeForbidden();
    }
    for (const call of ['SendMessage', 'PurgeQueue', 'StartMessageMoveTask', 'DeleteQueue']) {
      expect(await role.may(`sqs:${call}`, queue)).toBeDenied();
    }
  });

  it('reaches no queue of another system, nor a key', async () => {
    const others = dev.ofType('AWS::SQS::Queue').filter(({ stackName }) => stackName !== stack);
    expect(others.length).toBeGreaterThan(0);
    for (const queue of others) {
      for (const call of ['SendMessage', 'ReceiveMessage']) {
        expect(await role.may(`sqs:${call}`, queue)).toBeDenied();
      }
    }
    for (const key of dev.ofType('AWS::KMS::Key').filter(({ path }) => path !== queueKey.path)) {
      expect(await role.may('kms:Decrypt', key)).toBeDenied();
    }
  });

  it('is run by its own schedule, and by whom the account lets', async () => {
    const run = dev.resource(`${stack}/Redriver/Run/Function`);
    const rule = dev.resource(`${stack}/Redriver/Run/Schedule`);
    const janitorsRule = dev.resource('travel-search/Janitor/Schedule');
    const invoke = 'lambda:InvokeFunction';
    expect(await dev.service('events.amazonaws.com', rule).may(invoke, run)).toBeAllowed();
    expect(await dev.service('events.amazonaws.com', janitorsRule).may(invoke, run)).toBeDenied();
    expect(await dev.administrator().may(invoke, run)).toBeAllowed();
    expect(await dev.outsider().may(invoke, run)).toBeDenied();
  });
});

it('nobody publishes orders but place-order and whom the account lets', async () => {
  expect(await dev.role(`${stack}/PlaceOrder/Role`).may('sns:Publish', topic)).toBeAllowed();
  for (const service of services) {
    expect(await dev.role(`${stack}/${service}Consumer/Role`).may('sns:Publish', topic)).toBeDenied();
  }
  expect(await dev.service('cloudwatch.amazonaws.com', alarmTopic).may('sns:Publish', topic)).toBeDenied();
  expect(await dev.stranger().may('sns:Publish', topic)).toBeDenied();
  expect(await dev.outsider().may('sns:Publish', topic)).toBeDenied();
  expect(await dev.administrator().may('sns:Publish', topic)).toBeAllowed();
});

describe('CloudWatch', () => {
  const alarmKey = dev.resource(`${stack}/Alarms/Key`);
  const alarm = (account: string, name: string) => ({
    arn: `arn:aws:cloudwatch:eu-west-1:${account}:alarm:${name}`,
    account,
  });
  const steps = [
    { action: 'sns:Publish', target: alarmTopic },
    { action: 'kms:GenerateDataKey', target: alarmKey },
    { action: 'kms:Decrypt', target: alarmKey },
  ];

  it.each(steps)('is let to $action for the alarms of this stack alone', async ({ action, target }) => {
    const cloudWatch = 'cloudwatch.amazonaws.com';
    const own = alarm('111122223333', `${stack}-PaymentMonitoringBacklog495A430E-1A2B3C4D5E6F`);
    expect(await dev.service(cloudWatch, own).may(action, target)).toBeAllowed();
    const ofOtherStack = alarm('111122223333', 'order-ledger-Backlog');
    expect(await dev.service(cloudWatch, ofOtherStack).may(action, target)).toBeDenied();
    const ofOtherAccount = alarm('999999999999', `${stack}-PaymentMonitoringBacklog495A430E-1A2B3C4D5E6F`);
    expect(await dev.service(cloudWatch, ofOtherAccount).may(action, target)).toBeDenied();
    const claimed = { ...own, account: '999999999999' };
    expect(await dev.service(cloudWatch, claimed).may(action, target)).toBeDenied();
    expect(await dev.service('budgets.amazonaws.com', own).may(action, target)).toBeDenied();
  });
});

describe('the key of the card tokens', () => {
  const key = dev.resource(`${stack}/CardTokenKey`);
  const contextKey = 'kms:EncryptionContext:';
  /** Of order 12345, as the functions name it. */
  const context = Object.fromEntries(
    Object.entries(cardToken.contextOf({ order_id: '12345' })).map(([name, value]) => [
      `${contextKey}${name}`,
      value,
    ]),
  );
  const placeOrder = dev.role(`${stack}/PlaceOrder/Role`);
  const payment = dev.role(`${stack}/PaymentConsumer/Role`);
  /** Other values, or none, for each part of the context. */
  const otherContexts = Object.keys(context).flatMap(name => [
    { ...context, [name]: undefined },
    ...(name === `${contextKey}order_id` ? [] : [{ ...context, [name]: 'another' }]),
  ]);

  it('makes data keys for place-order, which can open none', async () => {
    expect(await placeOrder.with(context).may('kms:GenerateDataKey', key)).toBeAllowed();
    expect(await placeOrder.with(context).may('kms:Decrypt', key)).toBeDenied();
    expect(await placeOrder.with(context).may('kms:Encrypt', key)).toBeDenied();
  });

  it('opens data keys for payment, which can make none', async () => {
    expect(await payment.with(context).may('kms:Decrypt', key)).toBeAllowed();
    expect(await payment.with(context).may('kms:GenerateDataKey', key)).toBeDenied();
    expect(await payment.with(context).may('kms:Encrypt', key)).toBeDenied();
  });

  it.each(otherContexts)('does either for a card token of an order alone, not in %j', async other => {
    expect(await placeOrder.with(other).may('kms:GenerateDataKey', key)).toBeDenied();
    expect(await payment.with(other).may('kms:Decrypt', key)).toBeDenied();
  });

  it('does neither for anybody else, an administrator included', async () => {
    const roles = dev.ofType('AWS::IAM::Role').filter(({ path }) => !path.startsWith(`${stack}/`));
    const others = [
      dev.role(`${stack}/InventoryConsumer/Role`),
      dev.role(`${stack}/ShippingConsumer/Role`),
      ...roles.map(role => dev.role(role)),
      dev.administrator(),
      dev.stranger(),
      dev.outsider(),
      dev.anybody(),
    ];
    for (const caller of others) {
      for (const action of ['Decrypt', 'GenerateDataKey', 'Encrypt', 'ReEncryptFrom']) {
        expect(await caller.with(context).may(`kms:${action}`, key)).toBeDenied();
      }
    }
  });

  it.each([
    ['sns.amazonaws.com', topic],
    ['sqs.amazonaws.com', dev.resource(`${stack}/Payment/Queue`)],
    ['lambda.amazonaws.com', dev.resource(`${stack}/PaymentConsumer/Function`)],
    ['dynamodb.amazonaws.com', dev.resource(`${stack}/Payments/Table`)],
  ])('does nothing for %s, which carries or keeps what is encrypted', async (name, source) => {
    for (const action of ['Decrypt', 'GenerateDataKey']) {
      const service = dev.service(name, { arn: source.arn, account: source.account });
      expect(await service.with(context).may(`kms:${action}`, key)).toBeDenied();
    }
  });

  it('is seen to by an administrator, who can give nobody a way past its policy', async () => {
    const administrator = dev.administrator();
    for (const action of ['DescribeKey', 'PutKeyPolicy', 'DisableKey', 'ScheduleKeyDeletion']) {
      expect(await administrator.may(`kms:${action}`, key)).toBeAllowed();
    }
    expect(await administrator.may('kms:CreateGrant', key)).toBeDenied();
  });
});

describe('API Gateway', () => {
  const placeOrder = dev.resource(`${stack}/PlaceOrder/Function`);
  const api = dev.resource(`${stack}/Intake/Api`);
  const request = (apiId: string, route: string) => ({
    arn: `arn:aws:execute-api:eu-west-1:111122223333:${apiId}/$default/${route}`,
    account: '111122223333',
  });

  it('invokes place-order for the orders of this API alone', async () => {
    const gateway = 'apigateway.amazonaws.com';
    const invoke = 'lambda:InvokeFunction';
    expect(await dev.service(gateway, request(api.ref, 'POST/orders')).may(invoke, placeOrder)).toBeAllowed();
    expect(await dev.service(gateway, request(api.ref, 'POST/refunds')).may(invoke, placeOrder)).toBeDenied();
    expect(
      await dev.service(gateway, request('another', 'POST/orders')).may(invoke, placeOrder),
    ).toBeDenied();
  });

  it('invokes no consumer', async () => {
    for (const service of services) {
      const consumer = dev.resource(`${stack}/${service}Consumer/Function`);
      const caller = dev.service('apigateway.amazonaws.com', request(api.ref, 'POST/orders'));
      expect(await caller.may('lambda:InvokeFunction', consumer)).toBeDenied();
    }
  });
});

describe('roles may do what their functions do, and nothing else', () => {
  const traces = ['xray:PutTelemetryRecords', 'xray:PutTraceSegments'];
  const logs = ['logs:CreateLogStream', 'logs:PutLogEvents'];
  const consume = [
    'sqs:ChangeMessageVisibility',
    'sqs:DeleteMessage',
    'sqs:GetQueueAttributes',
    'sqs:GetQueueUrl',
    'sqs:ReceiveMessage',
  ];
  const read = 'dynamodb:GetItem';
  const put = 'dynamodb:PutItem';
  const update = 'dynamodb:UpdateItem';
  const remove = 'dynamodb:DeleteItem';
  const anyCardToken = 'event_type=order_placed field=card_token order_id=*';
  const useTableKey = ['kms:Decrypt', 'kms:DescribeKey', 'kms:Encrypt', 'kms:GenerateDataKey'];

  const take = ['sqs:DeleteMessage', 'sqs:GetQueueAttributes', 'sqs:ReceiveMessage'];

  const functions = [
    {
      role: 'PlaceOrder',
      table: { name: 'Requests', actions: [remove, read, put, update] },
      reaches: {
        CardTokenKey: [`kms:GenerateDataKey in ${anyCardToken}`],
        'OrderPlaced/Topic': ['sns:Publish'],
        TopicKey: ['kms:Decrypt', 'kms:GenerateDataKey'],
      },
    },
    {
      role: 'PaymentConsumer',
      table: { name: 'Payments', actions: [read, put] },
      reaches: {
        CardTokenKey: [`kms:Decrypt in ${anyCardToken}`],
        'Payment/Queue': consume,
        QueueKey: ['kms:Decrypt'],
      },
    },
    {
      role: 'InventoryConsumer',
      table: { name: 'Stock', actions: [read, put, update] },
      reaches: { 'Inventory/Queue': consume, QueueKey: ['kms:Decrypt'] },
    },
    {
      role: 'ShippingConsumer',
      table: { name: 'Shipments', actions: [read, put] },
      reaches: { 'Shipping/Queue': consume, QueueKey: ['kms:Decrypt'] },
    },
    {
      role: 'Redriver/Run',
      table: { name: 'Redriver/State', actions: [read, put] },
      reaches: {
        ...Object.fromEntries(
          services.flatMap(service => [
            [`${service}/Queue`, ['sqs:GetQueueAttributes', 'sqs:SendMessage']],
            [`${service}/Dlq`, take],
            [`${service}/UndeliveredOrderPlaced`, take],
          ]),
        ),
        QueueKey: ['kms:Decrypt', 'kms:GenerateDataKey'],
      },
    },
  ];

  // In prod, tables have keys of their own, which their functions use.
  const stages = [
    { stage: 'dev', tableKey: (_table: string) => ({}) },
    { stage: 'prod', tableKey: (table: string) => ({ [`${table}/Key`]: useTableKey }) },
  ] as const;

  describe.each(stages)('$stage', ({ stage, tableKey }) => {
    const world = synthesizedWorld(stage);

    it.each(functions)('$role', async ({ role, table, reaches }) => {
      const expected = {
        [`${role}/Logs`]: logs,
        [`${table.name}/Table`]: table.actions,
        ...tableKey(table.name),
        ...reaches,
      };
      expect(await reachOf(world.resource(`${stack}/${role}/Role`), world)).toEqual({
        '*': traces,
        ...Object.fromEntries(
          Object.entries(expected).map(([path, actions]) => [`${stack}/${path}`, actions]),
        ),
      });
    });

    it('and there are no other roles', () => {
      expect(ownOf('AWS::IAM::Role', world).map(({ path }) => path)).toEqual(
        functions.map(({ role }) => `${stack}/${role}/Role`),
      );
    });
  });
});
