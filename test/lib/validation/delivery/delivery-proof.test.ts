import type { AppStack } from '../../../../lib/validation/delivery/app/deployed-app.ts';
import { proveDeliveries } from '../../../../lib/validation/delivery/delivery-proof.ts';
import {
  everyDelivery,
  everyDeliveryAfter,
  type MutableResources,
} from '../../../support/delivery/every-delivery.ts';

/** What is found, as `kind edge`. */
function found(stacks: readonly AppStack[]): readonly string[] {
  return proveDeliveries(stacks).flatMap(({ findings }) =>
    findings.map(({ kind, edge }) => `${kind} ${edge}`),
  );
}

function problems(stacks: readonly AppStack[]): readonly string[] {
  return proveDeliveries(stacks).flatMap(({ findings }) => findings.map(({ problem }) => problem));
}

function properties(resources: MutableResources, id: string): Record<string, unknown> {
  const resource = resources[id];
  if (!resource) throw new Error(`There is no ${id}`);
  return resource.Properties;
}

interface Statement {
  Effect: string;
  Action: unknown;
  Principal?: { Service?: string };
  Resource?: unknown;
  Condition?: unknown;
}

function statements(resources: MutableResources, id: string, name = 'PolicyDocument'): Statement[] {
  return (properties(resources, id)[name] as { Statement: Statement[] }).Statement;
}

function roleStatements(resources: MutableResources, id: string): Statement[] {
  const [policy] = properties(resources, id).Policies as { PolicyDocument: { Statement: Statement[] } }[];
  return policy?.PolicyDocument.Statement ?? [];
}

/** Takes a service out of a policy. */
function shutOut(resources: MutableResources, id: string, service: string, name = 'PolicyDocument'): void {
  const document = properties(resources, id)[name] as { Statement: Statement[] };
  document.Statement = document.Statement.filter(({ Principal }) => Principal?.Service !== service);
}

/** Lets a service in for whoever it delivers. */
function letIn(resources: MutableResources, id: string, service: string, name = 'PolicyDocument'): void {
  for (const statement of statements(resources, id, name)) {
    if (statement.Principal?.Service === service) delete statement.Condition;
  }
}

it('sees a delivery of every kind, and nothing wrong with those that are sound', () => {
  const verdicts = proveDeliveries(everyDeliveryAfter());
  expect(verdicts.map(({ edge, name }) => `${edge.kind}: ${name}`)).toEqual([
    'SNS subscription (sqs): all/Events → all/Tasks',
    'DLQ of a subscription: all/Events → all/Undelivered',
    'SNS subscription (lambda): all/Events → all/Handler',
    'SNS subscription (firehose): all/Events → all/Archive',
    'Firehose: all/Archive → all/Kept',
    'S3 notification: all/Uploads → all/Tasks',
    'S3 access log: all/Uploads → all/Kept',
    'DLQ of a function: all/Handler → all/Undelivered',
    'On-failure destination: all/Handler → all/Undelivered',
    'On-success destination: all/Handler → all/Events',
    'Event source mapping: all/Tasks → all/Handler',
    'Alarm: all/Late → all/Events',
    'EventBridge target: all/LateRule → all/Tasks',
    'DLQ of an EventBridge target: all/LateRule → all/Undelivered',
    'Schedule: all/Due → all/Tasks',
    'DLQ of a schedule: all/Due → all/Undelivered',
    'Step Functions (Ask): all/Workflow → all/Tasks',
    'CloudTrail: all/Calls → all/Kept',
    'Mail events: all/Mails → all/Events',
    'Budget: all/Costs → all/Events',
    'Chat: all/Events → Slack channel C07EZ1ABC23',
    'Pipe source: all/Undelivered → all/Replay',
    'Pipe target: all/Replay → all/Tasks',
  ]);
  expect(problems(everyDeliveryAfter())).toEqual([]);
});

describe('finds blocked', () => {
  it.each<[string, (resources: MutableResources) => void, string]>([
    ['SNS → queue', r => shutOut(r, 'TasksPolicy', 'sns.amazonaws.com'), 'all/Events → all/Tasks'],
    ['SNS → key', r => shutOut(r, 'QueueKey', 'sns.amazonaws.com', 'KeyPolicy'), 'all/Events → all/Tasks'],
    [
      "a subscription's DLQ",
      r => shutOut(r, 'UndeliveredPolicy', 'sns.amazonaws.com'),
      'all/Events → all/Undelivered',
    ],
    ['SES → topic', r => shutOut(r, 'EventsPolicy', 'ses.amazonaws.com'), 'all/Mails → all/Events'],
    ['SES → key', r => shutOut(r, 'TopicKey', 'ses.amazonaws.com', 'KeyPolicy'), 'all/Mails → all/Events'],
    ['SNS → function', r => delete r.HandlerPermission, 'all/Events → all/Handler'],
    [
      'SNS → Firehose',
      r => Object.assign(properties(r, 'ArchiveRole'), { Policies: [] }),
      'all/Events → all/Archive',
    ],
    [
      'Firehose → bucket',
      r => Object.assign(properties(r, 'WriterRole'), { Policies: [] }),
      'all/Archive → all/Kept',
    ],
    [
      'Firehose → the folder of its errors',
      r => roleStatements(r, 'WriterRole').splice(1, 1),
      'all/Archive → all/Kept',
    ],
    [
      'a stream whose role is for another account’s',
      r =>
        Object.assign(statements(r, 'WriterRole', 'AssumeRolePolicyDocument')[0] ?? {}, {
          Condition: { StringEquals: { 'sts:ExternalId': '999999999999' } },
        }),
      'all/Archive → all/Kept',
    ],
    ['S3 → queue', r => shutOut(r, 'TasksPolicy', 's3.amazonaws.com'), 'all/Uploads → all/Tasks'],
    ['S3 → key', r => shutOut(r, 'QueueKey', 's3.amazonaws.com', 'KeyPolicy'), 'all/Uploads → all/Tasks'],
    ['access logs', r => shutOut(r, 'KeptPolicy', 'logging.s3.amazonaws.com'), 'all/Uploads → all/Kept'],
    [
      'function → its DLQ',
      r => roleStatements(r, 'HandlerRole').splice(1, 1),
      'all/Handler → all/Undelivered',
    ],
    [
      'function → on-success topic',
      r => roleStatements(r, 'HandlerRole').splice(2, 1),
      'all/Handler → all/Events',
    ],
    [
      'function → key',
      r => Object.assign(roleStatements(r, 'HandlerRole')[3] ?? {}, { Resource: '*', Action: 'kms:Encrypt' }),
      'all/Tasks → all/Handler',
    ],
    ['queue → function', r => roleStatements(r, 'HandlerRole').splice(0, 1), 'all/Tasks → all/Handler'],
    ['alarm → topic', r => shutOut(r, 'EventsPolicy', 'cloudwatch.amazonaws.com'), 'all/Late → all/Events'],
    [
      'alarm → key',
      r => shutOut(r, 'TopicKey', 'cloudwatch.amazonaws.com', 'KeyPolicy'),
      'all/Late → all/Events',
    ],
    ['rule → queue', r => shutOut(r, 'TasksPolicy', 'events.amazonaws.com'), 'all/LateRule → all/Tasks'],
    [
      "a rule's DLQ",
      r => shutOut(r, 'UndeliveredPolicy', 'events.amazonaws.com'),
      'all/LateRule → all/Undelivered',
    ],
    ['schedule → queue', r => roleStatements(r, 'DueRole').splice(0, 1), 'all/Due → all/Tasks'],
    ['schedule → key', r => roleStatements(r, 'DueRole').splice(1, 1), 'all/Due → all/Undelivered'],
    ['workflow → queue', r => roleStatements(r, 'WorkflowRole').splice(0, 1), 'all/Workflow → all/Tasks'],
    ['trail → bucket', r => shutOut(r, 'KeptPolicy', 'cloudtrail.amazonaws.com'), 'all/Calls → all/Kept'],
    [
      'trail → key',
      r => shutOut(r, 'TrailKey', 'cloudtrail.amazonaws.com', 'KeyPolicy'),
      'all/Calls → all/Kept',
    ],
    ['budget → topic', r => shutOut(r, 'EventsPolicy', 'budgets.amazonaws.com'), 'all/Costs → all/Events'],
    [
      'budget → key',
      r => shutOut(r, 'TopicKey', 'budgets.amazonaws.com', 'KeyPolicy'),
      'all/Costs → all/Events',
    ],
    ['pipe ← queue', r => roleStatements(r, 'ReplayRole').splice(0, 1), 'all/Undelivered → all/Replay'],
    ['pipe → queue', r => roleStatements(r, 'ReplayRole').splice(1, 1), 'all/Replay → all/Tasks'],
    [
      'a role that the service may not assume',
      r => {
        const [trust] = statements(r, 'DueRole', 'AssumeRolePolicyDocument');
        if (trust) trust.Principal = { Service: 'events.amazonaws.com' };
      },
      'all/Due → all/Tasks',
    ],
    [
      "a key of AWS's",
      r => Object.assign(properties(r, 'Tasks'), { KmsMasterKeyId: 'alias/aws/sqs' }),
      'all/Events → all/Tasks',
    ],
    [
      'a denial',
      r =>
        statements(r, 'TasksPolicy').push({
          Effect: 'Deny',
          Action: 'sqs:*',
          Resource: '*',
          Principal: '*' as never,
        }),
      'all/Events → all/Tasks',
    ],
  ])('%s', (_, change, edge) => {
    expect(found(everyDeliveryAfter(change))).toContain(`blocked ${edge}`);
  });
});

describe('finds open', () => {
  it.each<[string, (resources: MutableResources) => void, string]>([
    ['a queue, to any topic', r => letIn(r, 'TasksPolicy', 'sns.amazonaws.com'), 'all/Events → all/Tasks'],
    [
      'a key, to any rule',
      r => letIn(r, 'QueueKey', 'events.amazonaws.com', 'KeyPolicy'),
      'all/LateRule → all/Tasks',
    ],
    [
      'a key, to any trail',
      r => letIn(r, 'TrailKey', 'cloudtrail.amazonaws.com', 'KeyPolicy'),
      'all/Calls → all/Kept',
    ],
    [
      'a function, to any topic',
      r => delete properties(r, 'HandlerPermission').SourceArn,
      'all/Events → all/Handler',
    ],
    [
      'a topic, to any budget',
      r => letIn(r, 'EventsPolicy', 'budgets.amazonaws.com'),
      'all/Costs → all/Events',
    ],
    [
      'a bucket name that another account may take over',
      r => {
        for (const { Condition } of statements(r, 'TasksPolicy')) {
          delete (Condition as { StringEquals?: unknown } | undefined)?.StringEquals;
        }
      },
      'all/Uploads → all/Tasks',
    ],
    [
      'other queues to a role',
      r => Object.assign(roleStatements(r, 'HandlerRole')[0] ?? {}, { Resource: '*' }),
      'all/Tasks → all/Handler',
    ],
    [
      'a role, to everyone',
      r =>
        Object.assign(statements(r, 'ReplayRole', 'AssumeRolePolicyDocument')[0] ?? {}, { Principal: '*' }),
      'all/Replay → all/Tasks',
    ],
  ])('%s', (_, change, edge) => {
    expect(found(everyDeliveryAfter(change))).toContain(`open ${edge}`);
  });
});

describe('tries, at a queue, each of those who must not pass:', () => {
  const sns = { Service: 'sns.amazonaws.com' };
  const topic = { Ref: 'Events' };
  const here = { Ref: 'AWS::AccountId' };

  it.each<[string, object, RegExp]>([
    [
      'another topic of the account',
      { Principal: sns, Condition: { ArnLike: { 'aws:SourceArn': 'arn:aws:sns:eu-west-1:111122223333:*' } } },
      /allowed to sns\.amazonaws\.com for arn:aws:sns:eu-west-1:111122223333:neighbour, by/,
    ],
    [
      'a topic of the same name in another account',
      { Principal: sns, Condition: { ArnLike: { 'aws:SourceArn': 'arn:aws:sns:eu-west-1:*:all-Events-*' } } },
      /allowed to sns\.amazonaws\.com for arn:aws:sns:eu-west-1:999999999999:all-Events-\w+, by/,
    ],
    [
      'a topic of the same name in another region',
      {
        Principal: sns,
        Condition: { ArnLike: { 'aws:SourceArn': 'arn:aws:sns:*:111122223333:all-Events-*' } },
      },
      /allowed to sns\.amazonaws\.com for arn:aws:sns:ap-southeast-2:111122223333:all-Events-\w+, by/,
    ],
    [
      'SNS for nobody',
      { Principal: sns, Condition: { ArnEqualsIfExists: { 'aws:SourceArn': topic } } },
      /allowed to sns\.amazonaws\.com for nobody, by/,
    ],
    [
      'another service',
      {
        Principal: { Service: 'events.amazonaws.com' },
        Condition: { ArnEquals: { 'aws:SourceArn': topic } },
      },
      /allowed to events\.amazonaws\.com for arn:aws:sns:\S+, by/,
    ],
    [
      'a role without policies',
      { Principal: '*', Condition: { StringEquals: { 'aws:PrincipalAccount': here } } },
      /allowed to a role of the account without policies, by/,
    ],
    [
      'an administrator of another account',
      { Principal: { AWS: 'arn:aws:iam::999999999999:root' } },
      /allowed to an administrator of another account, by/,
    ],
    [
      'anybody on the internet',
      { Principal: '*', Condition: { Null: { 'aws:PrincipalArn': 'true' } } },
      /allowed to anybody on the internet, by/,
    ],
  ])('%s', (_, statement, problem) => {
    const stacks = everyDeliveryAfter(resources => {
      const added = { Effect: 'Allow', Action: 'sqs:SendMessage', Resource: '*', ...statement } as Statement;
      statements(resources, 'TasksPolicy').push(added);
    });
    const [subscription] = proveDeliveries(stacks);
    expect(subscription?.name).toBe('all/Events → all/Tasks');
    expect(subscription?.findings).toContainEqual(
      expect.objectContaining({ kind: 'open', problem: expect.stringMatching(problem) }),
    );
  });
});

describe('finds plaintext', () => {
  it.each<[string, string]>([
    ['TasksPolicy', 'all/Events → all/Tasks'],
    ['EventsPolicy', 'all/Late → all/Events'],
    ['KeptPolicy', 'all/Calls → all/Kept'],
    ['UndeliveredPolicy', 'all/Undelivered → all/Replay'],
  ])('where %s denies nothing', (id, edge) => {
    const stacks = everyDeliveryAfter(resources => statements(resources, id).shift());
    expect(found(stacks)).toContain(`plaintext ${edge}`);
  });

  it('where a subscription delivers over HTTP', () => {
    const stacks = everyDeliveryAfter(resources => {
      Object.assign(properties(resources, 'ToHandler'), {
        Protocol: 'http',
        Endpoint: 'http://crm.example.com',
      });
    });
    expect(found(stacks)).toEqual(['plaintext all/Events → http://crm.example.com']);
  });
});

describe('never passes over what it cannot see:', () => {
  it.each<[string, (resources: MutableResources) => void, string, RegExp]>([
    [
      'a queue of somebody else',
      r => Object.assign(properties(r, 'ToTasks'), { Endpoint: 'arn:aws:sqs:eu-west-1:222233334444:theirs' }),
      'all/Events → arn:aws:sqs:eu-west-1:222233334444:theirs',
      /what it delivers to is not in this app/,
    ],
    [
      'an import of which no stack is here',
      r => Object.assign(properties(r, 'ToTasks'), { Endpoint: { 'Fn::ImportValue': 'their-queue' } }),
      'all/Events → the import their-queue',
      /what it delivers to is not in this app/,
    ],
    [
      'a key of somebody else',
      r => Object.assign(properties(r, 'Tasks'), { KmsMasterKeyId: { Ref: 'Stage' } }),
      'all/Events → all/Tasks',
      /which is not a key of this app/,
    ],
    [
      'a policy that may not be there',
      r => Object.assign(r.TasksPolicy ?? {}, { Condition: 'InProduction' }),
      'all/Events → all/Tasks',
      /whether the condition InProduction holds/,
    ],
    [
      'a queue that may not be there',
      r => Object.assign(r.Tasks ?? {}, { Condition: 'InProduction' }),
      'all/Events → all/Tasks',
      /whether all\/Tasks is there depends on the condition InProduction/,
    ],
    [
      'which of two policies is written last',
      r => Object.assign(r, { Second: structuredClone(r.TasksPolicy) }),
      'all/Events → all/Tasks',
      /which of all\/TasksPolicy and all\/Second is written last/,
    ],
    [
      'an operator that does not exist',
      r => {
        for (const statement of statements(r, 'TasksPolicy')) {
          if (statement.Effect === 'Allow') statement.Condition = { ArnIs: { 'aws:SourceArn': '*' } };
        }
      },
      'all/Events → all/Tasks',
      /ArnIs/,
    ],
    [
      'a managed policy',
      r =>
        Object.assign(properties(r, 'HandlerRole'), {
          Policies: [],
          ManagedPolicyArns: ['arn:aws:iam::aws:policy/AmazonSQSFullAccess'],
        }),
      'all/Tasks → all/Handler',
      /what the managed policy .*AmazonSQSFullAccess allows/,
    ],
    [
      'a permissions boundary',
      r =>
        Object.assign(properties(r, 'HandlerRole'), {
          PermissionsBoundary: 'arn:aws:iam::aws:policy/Limits',
        }),
      'all/Tasks → all/Handler',
      /what the permissions boundary forbids/,
    ],
    [
      'a queue that a workflow computes',
      r =>
        Object.assign(properties(r, 'Workflow'), {
          DefinitionString:
            '{"States":{"Ask":{"Type":"Task","Resource":"arn:aws:states:::sqs:sendMessage","Parameters":{"QueueUrl.$":"$.queue"}}}}',
        }),
      'all/Workflow → $.queue',
      /only known when it runs/,
    ],
    [
      'a type that delivers in a way of its own',
      r => Object.assign(r, { Rule: { Type: 'AWS::IoT::TopicRule', Properties: {} } }),
      'all/Rule → somewhere',
      /no rule knows how AWS::IoT::TopicRule delivers/,
    ],
  ])('%s', (_, change, edge, reason) => {
    const findings = proveDeliveries(everyDeliveryAfter(change)).flatMap(verdict => verdict.findings);
    expect(findings).toContainEqual(
      expect.objectContaining({ kind: 'unseen', edge, problem: expect.stringMatching(reason) }),
    );
  });
});

describe('across stacks', () => {
  /** The queue and its policy in a stack of their own, which the topic's stack refers to. */
  function apart(reference: unknown): readonly AppStack[] {
    const { Resources, ...others } = everyDelivery();
    const { Tasks, TasksPolicy, QueueKey, ...rest } = Resources;
    const own = { Tasks, QueueKey } as MutableResources;
    Object.assign(properties(own, 'Tasks'), { QueueName: 'tasks' });
    const sns = { Service: 'sns.amazonaws.com' };
    const Condition = { ArnLike: { 'aws:SourceArn': 'arn:aws:sns:eu-west-1:111122223333:events' } };
    Object.assign(own, {
      QueueKey: {
        Type: 'AWS::KMS::Key',
        Properties: {
          KeyPolicy: {
            Statement: [{ Effect: 'Allow', Principal: sns, Action: 'kms:*', Resource: '*', Condition }],
          },
        },
      },
      TasksPolicy: {
        Type: 'AWS::SQS::QueuePolicy',
        Properties: {
          Queues: [{ Ref: 'Tasks' }],
          PolicyDocument: {
            Statement: [
              statements({ TasksPolicy } as MutableResources, 'TasksPolicy')[0],
              { Effect: 'Allow', Principal: sns, Action: 'sqs:SendMessage', Resource: '*', Condition },
            ],
          },
        },
      },
    });
    const topic = { ...properties(rest, 'Events'), TopicName: 'events', KmsMasterKeyId: undefined };
    return [
      {
        name: 'topics',
        template: {
          ...others,
          Resources: {
            Events: { Type: 'AWS::SNS::Topic', Properties: topic },
            ToTasks: {
              Type: 'AWS::SNS::Subscription',
              Properties: { TopicArn: { Ref: 'Events' }, Protocol: 'sqs', Endpoint: reference },
            },
          },
        },
      },
      {
        name: 'queues',
        template: {
          Resources: own,
          Outputs: { Tasks: { Value: { 'Fn::GetAtt': ['Tasks', 'Arn'] }, Export: { Name: 'queues:Tasks' } } },
        },
      },
    ];
  }

  it.each<[string, unknown]>([
    ['an export', { 'Fn::ImportValue': 'queues:Tasks' }],
    ['an output', { 'Fn::GetStackOutput': { StackName: 'queues', OutputName: 'Tasks' } }],
    ['a name', { 'Fn::Sub': `arn:aws:sqs:\${AWS::Region}:\${AWS::AccountId}:tasks` }],
  ])('follows %s', (_, reference) => {
    const verdicts = proveDeliveries(apart(reference));
    expect(verdicts.map(({ name }) => name)).toEqual(['topics/Events → queues/Tasks']);
    expect(problems(apart(reference))).toEqual([]);
  });

  it('finds what the other stack does not let in', () => {
    const [topics, queues] = apart({ 'Fn::ImportValue': 'queues:Tasks' });
    if (!topics || !queues) throw new Error('There are two stacks');
    const Resources = { ...queues.template.Resources } as MutableResources;
    delete Resources.TasksPolicy;
    expect(found([topics, { ...queues, template: { ...queues.template, Resources } }])).toEqual([
      'blocked topics/Events → queues/Tasks',
      'plaintext topics/Events → queues/Tasks',
    ]);
  });
});

it('says what is missing, and what to do', () => {
  const stacks = everyDeliveryAfter(resources =>
    shutOut(resources, 'QueueKey', 's3.amazonaws.com', 'KeyPolicy'),
  );
  const [first] = proveDeliveries(stacks).flatMap(({ findings }) => findings);
  expect(first).toMatchObject({
    kind: 'blocked',
    edge: 'all/Uploads → all/Tasks',
    problem:
      's3.amazonaws.com for arn:aws:s3:::uploads-of-the-tests may not kms:Decrypt on all/QueueKey: no statement allows it.',
    fix: expect.stringMatching(/^Add to the KeyPolicy of all\/QueueKey: \{"Effect":"Allow"/),
  });
  expect(JSON.parse(first?.statement ?? '')).toEqual({
    Effect: 'Allow',
    Principal: { Service: 's3.amazonaws.com' },
    Action: 'kms:Decrypt',
    Resource: '*',
    Condition: {
      ArnLike: { 'aws:SourceArn': 'arn:aws:s3:::uploads-of-the-tests' },
      StringEquals: { 'aws:SourceAccount': '111122223333' },
    },
  });
});
