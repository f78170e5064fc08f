import { account, foreignAccount, region } from '../support/policy/account.ts';
import { deliveryEdges } from '../support/policy/delivery-edges.ts';
import { reachOf } from '../support/policy/reach.ts';
import { synthesizedWorld } from '../support/policy/synthesized-world.ts';

const stack = 'notifications';
const world = synthesizedWorld('dev');
const at = (path: string) => world.resource(`${stack}/${path}`);
const roleOf = (path: string) => world.role(`${stack}/${path}/Role`);

const consumers = ['KeepPost', 'SharePost', 'AddressMails', 'SendMail', 'NoteUndeliverable'];
const posts = at('NewPost/Topic');
const feedback = at('MailFeedback/Topic');

describe('notifications deliver', () => {
  const names = deliveryEdges(world).map(({ name }) => name);

  it('from the topic to three queues, or to the DLQs of their subscriptions', () => {
    expect(names.filter(name => name.startsWith(`${posts.path} → `)).sort()).toEqual(
      ['Database', 'Email', 'Social'].flatMap(queue => [
        `${posts.path} → ${stack}/${queue}/Queue`,
        `${posts.path} → ${stack}/${queue}/UndeliveredNewPost`,
      ]),
    );
  });

  it('from SES back to the function that marks addresses', () => {
    expect(names).toEqual(
      expect.arrayContaining([
        `${stack}/PostMail/Settings → ${feedback.path}`,
        `${feedback.path} → ${stack}/Feedback/Queue`,
        `${stack}/Feedback/Queue → ${stack}/NoteUndeliverable/Role`,
      ]),
    );
  });
});

it('nobody publishes posts but publish-post and whom the account lets', async () => {
  expect(await roleOf('PublishPost').may('sns:Publish', posts)).toBeAllowed();
  for (const consumer of consumers) {
    expect(await roleOf(consumer).may('sns:Publish', posts)).toBeDenied();
  }
  for (const caller of [world.stranger(), world.outsider(), world.anybody()]) {
    expect(await caller.may('sns:Publish', posts)).toBeDenied();
  }
  expect(await roleOf('PublishPost').overPlainHttp().may('sns:Publish', posts)).toBeForbidden();
});

describe('SES', () => {
  const ses = 'ses.amazonaws.com';
  const settings = at('PostMail/Settings');

  it('tells the topic of the mails of this configuration set alone', async () => {
    expect(await world.service(ses, settings).may('sns:Publish', feedback)).toBeAllowed();
    expect(await world.service(ses, settings).may('sns:Publish', posts)).toBeDenied();
    const others = [
      { arn: settings.arn?.replace(settings.name, 'another'), account },
      { arn: settings.arn?.replace(account, foreignAccount), account: foreignAccount },
    ];
    for (const other of others) {
      expect(await world.service(ses, other).may('sns:Publish', feedback)).toBeDenied();
    }
  });

  it('uses the key of the topics for that, and for nothing else', async () => {
    expect(await world.service(ses, settings).may('kms:GenerateDataKey', at('TopicKey'))).toBeAllowed();
    expect(await world.service(ses).may('kms:GenerateDataKey', at('TopicKey'))).toBeDenied();
    expect(await world.service(ses, settings).may('kms:GenerateDataKey', at('QueueKey'))).toBeDenied();
  });
});

describe("the social network's account", () => {
  const secret = at('SocialAccount/Secret');
  const key = at('SocialAccount/Key');
  const read = 'secretsmanager:GetSecretValue';
  const secretsManager = `secretsmanager.${region}.amazonaws.com`;

  it('is read by the function that shares, and by nobody else', async () => {
    expect(await roleOf('SharePost').may(read, secret)).toBeAllowed();
    for (const other of ['PublishPost', ...consumers.filter(consumer => consumer !== 'SharePost')]) {
      expect(await roleOf(other).may(read, secret)).toBeDenied();
    }
    for (const caller of [world.stranger(), world.outsider(), world.anybody()]) {
      expect(await caller.may(read, secret)).toBeDenied();
    }
  });

  it.each(['PutSecretValue', 'UpdateSecret', 'DeleteSecret'])('is not its to %s', async call => {
    expect(await roleOf('SharePost').may(`secretsmanager:${call}`, secret)).toBeDenied();
  });

  it('is decrypted as part of that call, and in no other way', async () => {
    const sharePost = roleOf('SharePost');
    expect(await sharePost.by(secretsManager).may('kms:Decrypt', key)).toBeAllowed();
    expect(await sharePost.may('kms:Decrypt', key)).toBeDenied();
    expect(await sharePost.by(`s3.${region}.amazonaws.com`).may('kms:Decrypt', key)).toBeDenied();
    expect(await roleOf('SendMail').by(secretsManager).may('kms:Decrypt', key)).toBeDenied();
  });
});

describe('mails', () => {
  const identity = (address: string, owner = account) => ({
    path: address,
    arn: `arn:aws:ses:${region}:${owner}:identity/${address}`,
    account: owner,
  });
  const from = (address: string) => roleOf('SendMail').with({ 'ses:FromAddress': address });

  it.each(['ses:SendEmail', 'ses:SendTemplatedEmail'])(
    'come from one address, to whomever they go, whose identity SES asks for in its sandbox: %s',
    async send => {
      const sender = from('no-reply@example.com');
      for (const address of ['no-reply@example.com', 'example.com', 'jane@example.org']) {
        expect(await sender.may(send, identity(address))).toBeAllowed();
        expect(await from('ceo@example.com').may(send, identity(address))).toBeDenied();
      }
      expect(await sender.may(send, identity('example.com', foreignAccount))).toBeDenied();
      expect(await roleOf('AddressMails').may(send, identity('example.com'))).toBeDenied();
    },
  );
});

describe('readers', () => {
  it('are read by who addresses mails, and written by no function', async () => {
    const table = at('Readers/Table');
    expect(await roleOf('AddressMails').may('dynamodb:Scan', table)).toBeAllowed();
    for (const role of ['PublishPost', ...consumers]) {
      expect(await roleOf(role).may('dynamodb:PutItem', table)).toBeDenied();
      if (role !== 'AddressMails') expect(await roleOf(role).may('dynamodb:Scan', table)).toBeDenied();
    }
  });

  it('are marked as unreachable by feedback alone', async () => {
    const table = at('Undeliverable/Table');
    expect(await roleOf('NoteUndeliverable').may('dynamodb:PutItem', table)).toBeAllowed();
    expect(await roleOf('SendMail').may('dynamodb:GetItem', table)).toBeAllowed();
    expect(await roleOf('SendMail').may('dynamodb:PutItem', table)).toBeDenied();
  });
});

describe('roles may, and nothing else', () => {
  it.each(['dev', 'prod'] as const)('in %s', async stage => {
    const deployed = synthesizedWorld(stage);
    const keyUses = ['kms:Decrypt', 'kms:DescribeKey', 'kms:Encrypt', 'kms:GenerateDataKey'];
    const table = (name: string, ...actions: string[]) => ({
      [`${name}/Table`]: actions.map(action => `dynamodb:${action}`),
      ...(stage === 'prod' && { [`${name}/Key`]: keyUses }),
    });
    const reads = [
      'sqs:ChangeMessageVisibility',
      'sqs:DeleteMessage',
      'sqs:GetQueueAttributes',
      'sqs:GetQueueUrl',
      'sqs:ReceiveMessage',
    ];
    const reachOfRole = async (name: string) => {
      const { '*': traces, ...reach } = await reachOf(deployed.resource(`${stack}/${name}/Role`), deployed);
      expect(traces).toEqual(['xray:PutTelemetryRecords', 'xray:PutTraceSegments']);
      const { [`${stack}/${name}/Logs`]: logs, ...others } = reach;
      expect(logs).toEqual(['logs:CreateLogStream', 'logs:PutLogEvents']);
      return Object.fromEntries(
        Object.entries(others).map(([path, actions]) => [path.replace(`${stack}/`, ''), actions]),
      );
    };

    expect(await reachOfRole('KeepPost')).toMatchObject({
      'Database/Queue': reads,
      QueueKey: ['kms:Decrypt'],
      ...table('Posts', 'GetItem', 'PutItem'),
    });
    expect(await reachOfRole('NoteUndeliverable')).toEqual({
      'Feedback/Queue': reads,
      QueueKey: ['kms:Decrypt'],
      ...table('Undeliverable', 'GetItem', 'PutItem'),
    });
    expect(await reachOfRole('AddressMails')).toMatchObject({
      'Email/Queue': reads,
      'Mails/Queue': ['sqs:SendMessage'],
      QueueKey: ['kms:Decrypt', 'kms:GenerateDataKey'],
      ...table('Readers', 'Scan'),
      ...table('Mailings', 'GetItem', 'PutItem'),
    });
  });
});
