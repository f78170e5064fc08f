import { deliveryEdges } from '../support/policy/delivery-edges.ts';
import { reachOf } from '../support/policy/reach.ts';
import { synthesizedWorld } from '../support/policy/synthesized-world.ts';

const stack = 'user-signup';
const sns = 'sns.amazonaws.com';

const dev = synthesizedWorld('dev');
const events = dev.resource(`${stack}/UserEvents/Topic`);
const alarmTopic = dev.resource(`${stack}/Alarms/Topic`);
const queueKey = dev.resource(`${stack}/QueueKey`);
const welcome = dev.resource(`${stack}/Welcome/Function`);
const failed = dev.resource(`${stack}/WelcomeSubscription/Failed`);
const undelivered = ['WelcomeSubscription', 'EventLog', 'CrmSubscription'].map(
  subscriber => `${stack}/${subscriber}/UndeliveredUserEvents`,
);

describe('user-signup delivers', () => {
  const names = deliveryEdges(dev).map(edge => edge.name);

  it('from the topic to the function, the queue, and the DLQ of each subscription', () => {
    const destinations = names.filter(name => name.startsWith(`${events.path} → `));
    expect(destinations.sort()).toEqual(
      [welcome.path, `${stack}/EventLog/Queue`, ...undelivered]
        .map(path => `${events.path} → ${path}`)
        .sort(),
    );
  });

  it('from the welcome function to where what it gives up waits', () => {
    expect(names).toContain(`${stack}/Welcome/Role → ${failed.path}`);
  });

  it('from each API to its function', () => {
    expect(names).toContain(`${stack}/Intake/Api/POST--sign-ups → ${stack}/SignUp/Function`);
    expect(names).toContain(`${stack}/CrmEndpoint/Api/POST--user-events → ${stack}/CrmReceiver/Function`);
  });
});

describe('SNS', () => {
  const invoke = 'lambda:InvokeFunction';

  it('invokes the welcome function for the topic of users alone', async () => {
    expect(await dev.service(sns, events).may(invoke, welcome)).toBeAllowed();
    expect(await dev.service(sns, alarmTopic).may(invoke, welcome)).toBeDenied();
    expect(await dev.service(sns).may(invoke, welcome)).toBeDenied();
    expect(await dev.stranger().may(invoke, welcome)).toBeDenied();
    expect(await dev.anybody().may(invoke, welcome)).toBeDenied();
  });

  it('invokes no other function', async () => {
    for (const name of ['SignUp', 'EventLogConsumer', 'RedeliveryConsumer', 'CrmReceiver']) {
      const other = dev.resource(`${stack}/${name}/Function`);
      expect(await dev.service(sns, events).may(invoke, other)).toBeDenied();
    }
  });

  it.each(undelivered)('sends to %s for the topic of users alone', async path => {
    const queue = dev.resource(path);
    expect(await dev.service(sns, events).may('sqs:SendMessage', queue)).toBeAllowed();
    expect(await dev.service(sns, alarmTopic).may('sqs:SendMessage', queue)).toBeDenied();
  });

  it('sends neither to where Lambda keeps what failed, nor to where an operator redelivers', async () => {
    for (const queue of [failed, dev.resource(`${stack}/Redelivery/Queue`)]) {
      expect(await dev.service(sns, events).may('sqs:SendMessage', queue)).toBeDenied();
    }
  });

  it('uses the key of the queues for the topic of users alone', async () => {
    for (const action of ['kms:Decrypt', 'kms:GenerateDataKey']) {
      expect(await dev.service(sns, events).may(action, queueKey)).toBeAllowed();
      expect(await dev.service(sns, alarmTopic).may(action, queueKey)).toBeDenied();
    }
  });
});

it('nobody of the app but the welcome function keeps what failed', async () => {
  for (const role of dev.ofType('AWS::IAM::Role')) {
    const verdict = await dev.role(role).may('sqs:SendMessage', failed);
    if (role.path === `${stack}/Welcome/Role`) expect(verdict).toBeAllowed();
    else expect(verdict).toBeDenied();
  }
});

it('nobody publishes but who signs users up, and who tells again', async () => {
  const publishers = [`${stack}/SignUp/Role`, `${stack}/RedeliveryConsumer/Role`];
  for (const role of dev.ofType('AWS::IAM::Role')) {
    const verdict = await dev.role(role).may('sns:Publish', events);
    if (publishers.includes(role.path)) expect(verdict).toBeAllowed();
    else expect(verdict).toBeDenied();
  }
  for (const other of [dev.stranger(), dev.outsider(), dev.anybody()]) {
    expect(await other.may('sns:Publish', events)).toBeDenied();
  }
});

describe('roles may do what their functions do, and nothing else', () => {
  const traces = ['xray:PutTelemetryRecords', 'xray:PutTraceSegments'];
  const logs = ['logs:CreateLogStream', 'logs:PutLogEvents'];
  const read = 'dynamodb:GetItem';
  const put = 'dynamodb:PutItem';
  const consume = [
    'sqs:ChangeMessageVisibility',
    'sqs:DeleteMessage',
    'sqs:GetQueueAttributes',
    'sqs:GetQueueUrl',
    'sqs:ReceiveMessage',
  ];
  const useKey = ['kms:Decrypt', 'kms:GenerateDataKey'];
  const useTableKey = ['kms:Decrypt', 'kms:DescribeKey', 'kms:Encrypt', 'kms:GenerateDataKey'];

  const functions = [
    {
      role: 'SignUp',
      tables: { Users: [read, put], Requests: ['dynamodb:DeleteItem', read, put, 'dynamodb:UpdateItem'] },
      reaches: { 'UserEvents/Topic': ['sns:Publish'], TopicKey: useKey },
    },
    {
      role: 'EventLogConsumer',
      // It may not even read what it wrote: a log is added to, and nothing else.
      tables: { LoggedEvents: [put] },
      reaches: { 'EventLog/Queue': consume, QueueKey: ['kms:Decrypt'] },
    },
    {
      role: 'RedeliveryConsumer',
      tables: {},
      reaches: {
        'Redelivery/Queue': consume,
        QueueKey: ['kms:Decrypt'],
        'UserEvents/Topic': ['sns:Publish'],
        TopicKey: useKey,
      },
    },
    { role: 'CrmReceiver', tables: { Contacts: [read, put] }, reaches: {} },
  ];

  const stages = [
    { stage: 'dev', tableKey: (_table: string) => ({}) },
    { stage: 'prod', tableKey: (table: string) => ({ [`${table}/Key`]: useTableKey }) },
  ] as const;

  describe.each(stages)('$stage', ({ stage, tableKey }) => {
    const world = synthesizedWorld(stage);

    it.each(functions)('$role', async ({ role, tables, reaches }) => {
      const expected = {
        [`${role}/Logs`]: logs,
        ...reaches,
        ...Object.fromEntries(
          Object.entries(tables).flatMap(([table, actions]) => [
            [`${table}/Table`, actions],
            ...Object.entries(tableKey(table)),
          ]),
        ),
      };
      expect(await reachOf(world.resource(`${stack}/${role}/Role`), world)).toEqual({
        '*': traces,
        ...Object.fromEntries(
          Object.entries(expected).map(([path, actions]) => [`${stack}/${path}`, actions]),
        ),
      });
    });

    it('Welcome, which sends its own mail from one address', async () => {
      const from = {
        dev: 'no-reply@example.com',
        prod: 'SsmParameterValuemessagingprodmailfromC96584B6F00A464EAD1953AFF4B05118Parameter@example.com',
      }[stage];
      const send = (...actions: string[]) => actions.map(action => `ses:${action} from ${from}`);
      const reach = await reachOf(world.resource(`${stack}/Welcome/Role`), world);
      expect(reach).toEqual({
        '*': traces,
        [`${stack}/Welcome/Logs`]: logs,
        [`${stack}/Welcomes/Table`]: [read, put],
        ...Object.fromEntries(
          Object.entries(tableKey('Welcomes')).map(([path, actions]) => [`${stack}/${path}`, actions]),
        ),
        [failed.path]: ['sqs:SendMessage'],
        [queueKey.path]: useKey,
        // Of recipients too: SES asks for that in its sandbox.
        'ses identity/*': send('SendEmail', 'SendTemplatedEmail'),
        'ses template/user-signup-welcome-mail': send('SendEmail', 'SendTemplatedEmail'),
        [`${stack}/WelcomeMail/Settings`]: send('SendEmail', 'SendTemplatedEmail'),
      });
    });

    it('and there are no other roles', () => {
      const names = [...functions.map(({ role }) => role), 'Welcome'];
      const roles = world.ofType('AWS::IAM::Role').filter(({ stackName }) => stackName === stack);
      expect(roles.map(({ path }) => path).sort()).toEqual(names.map(name => `${stack}/${name}/Role`).sort());
    });
  });
});
