import { replyQueuePolicy } from '../../web/shared/replies/reply-queue-policy.ts';
import { account, foreignAccount, region } from '../support/policy/account.ts';
import type { Target } from '../support/policy/caller.ts';
import { PolicyWorld } from '../support/policy/policy-world.ts';
import { reachOf } from '../support/policy/reach.ts';
import { synthesizedStacks, synthesizedWorld } from '../support/policy/synthesized-world.ts';

const stack = 'travel-search';
const queueName = `${stack}-replies-0b5e8f7c`;

/** The stack, and beside it a reply queue as a server makes it. */
function worldWithReplyQueue(): PolicyWorld {
  const world = synthesizedWorld('dev');
  const arnOf = (path: string) => world.resource(path).arn ?? '';
  return new PolicyWorld([
    ...synthesizedStacks('dev'),
    {
      name: 'made-later',
      template: {
        Resources: {
          Reply: { Type: 'AWS::SQS::Queue', Properties: { QueueName: queueName } },
          Policy: {
            Type: 'AWS::SQS::QueuePolicy',
            Properties: {
              Queues: [{ Ref: 'Reply' }],
              PolicyDocument: replyQueuePolicy({
                queueArn: `arn:aws:sqs:${region}:${account}:${queueName}`,
                ownerRoleArn: arnOf(`${stack}/WebRole`),
                replierRoleArn: arnOf(`${stack}/Search/Role`),
              }),
            },
          },
        },
      },
    },
  ]);
}

const world = worldWithReplyQueue();
const replyQueue = world.ofType('AWS::SQS::Queue').find(({ name }) => name === queueName) as Target;
const requests = world.resource(`${stack}/Requests/Queue`);
const web = world.role(`${stack}/WebRole`);
const search = world.role(`${stack}/Search/Role`);
const janitor = world.role(`${stack}/Janitor/Role`);

/** A queue of ours, or another's, that is no reply queue. */
const queueNamed = (name: string, owner = account): Target => ({
  path: name,
  arn: `arn:aws:sqs:${region}:${owner}:${name}`,
  account: owner,
});

describe('a reply queue', () => {
  it.each(['CreateQueue', 'TagQueue', 'ReceiveMessage', 'DeleteMessage', 'DeleteQueue'])(
    'lets the servers %s',
    async call => {
      expect(await web.may(`sqs:${call}`, replyQueue)).toBeAllowed();
    },
  );

  it('takes replies from the workers, and from nobody else, administrators included', async () => {
    expect(await search.may('sqs:SendMessage', replyQueue)).toBeAllowed();
    for (const caller of [web, janitor, world.administrator(), world.outsider(), world.anybody()]) {
      expect(await caller.may('sqs:SendMessage', replyQueue)).toBeForbidden();
    }
  });

  it.each(['ReceiveMessage', 'DeleteMessage', 'ChangeMessageVisibility'])(
    'lets nobody but the servers %s',
    async call => {
      for (const caller of [search, janitor, world.administrator(), world.outsider()]) {
        expect(await caller.may(`sqs:${call}`, replyQueue)).toBeForbidden();
      }
    },
  );

  it('refuses calls without TLS', async () => {
    expect(await search.overPlainHttp().may('sqs:SendMessage', replyQueue)).toBeForbidden();
    expect(await web.overPlainHttp().may('sqs:ReceiveMessage', replyQueue)).toBeForbidden();
  });

  it('is found by the janitor, looked at and deleted, and can be mended by an administrator', async () => {
    for (const call of ['GetQueueAttributes', 'ListQueueTags', 'DeleteQueue']) {
      expect(await janitor.may(`sqs:${call}`, replyQueue)).toBeAllowed();
    }
    expect(await world.administrator().may('sqs:SetQueueAttributes', replyQueue)).toBeAllowed();
  });
});

describe('nobody reaches beyond reply queues', () => {
  const others = [
    queueNamed(`${stack}-requests`),
    queueNamed(`${stack}-reply-of-somebody`),
    queueNamed('order-processing-payment'),
    queueNamed(queueName, foreignAccount),
  ];

  it.each(others)('a server makes, takes from and deletes no $arn', async target => {
    for (const call of ['CreateQueue', 'TagQueue', 'ReceiveMessage', 'DeleteQueue']) {
      expect(await web.may(`sqs:${call}`, target)).toBeDenied();
    }
  });

  it.each(others)('a worker replies to no $arn', async target => {
    expect(await search.may('sqs:SendMessage', target)).toBeDenied();
  });

  it.each(others)('the janitor deletes no $arn', async target => {
    expect(await janitor.may('sqs:DeleteQueue', target)).toBeDenied();
  });
});

describe('requests', () => {
  it('are sent by servers and taken by workers, and the other way round by neither', async () => {
    expect(await web.may('sqs:SendMessage', requests)).toBeAllowed();
    expect(await search.may('sqs:ReceiveMessage', requests)).toBeAllowed();
    expect(await web.may('sqs:ReceiveMessage', requests)).toBeDenied();
    expect(await search.may('sqs:SendMessage', requests)).toBeDenied();
  });
});

describe('answers', () => {
  const answers = world.resource(`${stack}/Answers/Table`);

  it('are written by workers, and only read by servers', async () => {
    expect(await search.may('dynamodb:PutItem', answers)).toBeAllowed();
    expect(await web.may('dynamodb:GetItem', answers)).toBeAllowed();
    for (const call of ['PutItem', 'UpdateItem', 'DeleteItem']) {
      expect(await web.may(`dynamodb:${call}`, answers)).toBeDenied();
    }
  });
});

describe('roles may, and nothing else', () => {
  const later = `queues made later: ${stack}-replies-*`;

  it.each(['dev', 'prod'] as const)('in %s', async stage => {
    const deployed = synthesizedWorld(stage);
    const reach = (path: string) => reachOf(deployed.resource(`${stack}/${path}`), deployed);
    const tableKey = (...actions: string[]) =>
      stage === 'prod' ? { [`${stack}/Answers/Key`]: actions } : {};
    const allKeyUses = ['kms:Decrypt', 'kms:DescribeKey', 'kms:Encrypt', 'kms:GenerateDataKey'];

    expect(await reach('WebRole')).toEqual({
      [later]: [
        'sqs:CreateQueue',
        'sqs:DeleteMessage',
        'sqs:DeleteQueue',
        'sqs:ReceiveMessage',
        'sqs:TagQueue',
      ],
      [`${stack}/Answers/Table`]: ['dynamodb:GetItem'],
      ...tableKey(...allKeyUses),
      [`${stack}/QueueKey`]: ['kms:Decrypt', 'kms:GenerateDataKey'],
      [`${stack}/Requests/Queue`]: ['sqs:SendMessage'],
    });
    expect(await reach('Search/Role')).toEqual({
      [later]: ['sqs:SendMessage'],
      [`${stack}/Answers/Table`]: ['dynamodb:GetItem', 'dynamodb:PutItem'],
      ...tableKey(...allKeyUses),
      [`${stack}/QueueKey`]: ['kms:Decrypt'],
      [`${stack}/Requests/Queue`]: [
        'sqs:ChangeMessageVisibility',
        'sqs:DeleteMessage',
        'sqs:GetQueueAttributes',
        'sqs:ReceiveMessage',
      ],
      [`${stack}/Search/Cluster`]: ['ecs:GetTaskProtection', 'ecs:UpdateTaskProtection'],
    });
    expect(await reach('Janitor/Role')).toEqual({
      '*': ['sqs:ListQueues', 'xray:PutTelemetryRecords', 'xray:PutTraceSegments'],
      [later]: ['sqs:DeleteQueue', 'sqs:GetQueueAttributes', 'sqs:ListQueueTags'],
      [`${stack}/Janitor/Logs`]: ['logs:CreateLogStream', 'logs:PutLogEvents'],
    });
  });
});
