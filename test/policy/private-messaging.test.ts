import { foreignAccount, account as ownAccount, region } from '../support/policy/account.ts';
import { Caller, type CallerDetails, type Target } from '../support/policy/caller.ts';
import type { Policy } from '../support/policy/policies.ts';
import { reachOf } from '../support/policy/reach.ts';
import { synthesizedWorld } from '../support/policy/synthesized-world.ts';

const stack = 'private-messaging';
const world = synthesizedWorld('dev');
const inbox = world.resource(`${stack}/Inbox/Queue`);
const queues = ['Queue', 'Dlq', 'UndeliveredNotices'].map(id => world.resource(`${stack}/Inbox/${id}`));
const notices = world.resource(`${stack}/Notices/Topic`);
const terminal = world.role(`${stack}/Terminal/Role`);
const endpoint = (id: string) => world.resource(`${stack}/Network/${id}`);

const messageCalls = ['SendMessage', 'ReceiveMessage', 'DeleteMessage', 'ChangeMessageVisibility'];
const administration = ['GetQueueAttributes', 'SetQueueAttributes', 'PurgeQueue', 'DeleteQueue'];

describe('through the endpoint', () => {
  it.each(messageCalls)('the instance may %s', async call => {
    expect(await terminal.may(`sqs:${call}`, inbox)).toBeAllowed();
  });

  it('the instance may publish notices', async () => {
    expect(await terminal.may('sns:Publish', notices)).toBeAllowed();
  });

  it.each(queues)('whoever the account lets may take messages from $path', async queue => {
    expect(
      await world.administrator().through(endpoint('Sqs')).may('sqs:ReceiveMessage', queue),
    ).toBeAllowed();
  });

  it('nobody may whom the account does not let', async () => {
    for (const caller of [world.stranger(), world.outsider(), world.anybody()]) {
      expect(await caller.through(endpoint('Sqs')).may('sqs:SendMessage', inbox)).toBeDenied();
    }
  });

  it('nothing passes without TLS', async () => {
    expect(await terminal.overPlainHttp().may('sqs:SendMessage', inbox)).toBeForbidden();
  });
});

describe('from elsewhere', () => {
  const elsewhere = [
    { place: 'the internet', caller: (who: Caller) => who.fromTheInternet() },
    { place: 'another network', caller: (who: Caller) => who.with({ 'aws:SourceVpce': 'vpce-another' }) },
    { place: 'an endpoint of another service', caller: (who: Caller) => who.through(endpoint('Sns')) },
  ];
  const cases = elsewhere.flatMap(from =>
    queues.flatMap(queue => messageCalls.map(call => ({ ...from, queue, call, path: queue.path }))),
  );

  it.each(cases)('$place, not even an administrator may $call on $path', async ({ caller, queue, call }) => {
    expect(await caller(world.administrator()).may(`sqs:${call}`, queue)).toBeForbidden();
  });

  it.each(messageCalls)('the credentials of the instance are of no use for %s', async call => {
    expect(await terminal.fromTheInternet().may(`sqs:${call}`, inbox)).toBeForbidden();
  });

  it('an administrator may not publish to the topic, nor the instance, carried off', async () => {
    expect(await world.administrator().may('sns:Publish', notices)).toBeForbidden();
    expect(await terminal.fromTheInternet().may('sns:Publish', notices)).toBeForbidden();
  });

  it.each(administration)('an administrator may still %s', async call => {
    for (const queue of queues) {
      expect(await world.administrator().may(`sqs:${call}`, queue)).toBeAllowed();
    }
  });
});

describe('AWS itself', () => {
  const sns = 'sns.amazonaws.com';

  it('delivers notices to the inbox, or to the DLQ of the subscription', async () => {
    for (const id of ['Queue', 'UndeliveredNotices']) {
      const queue = world.resource(`${stack}/Inbox/${id}`);
      expect(await world.service(sns, notices).may('sqs:SendMessage', queue)).toBeAllowed();
    }
  });

  it('delivers nothing of another topic, and takes nothing', async () => {
    const alarms = world.resource(`${stack}/Alarms/Topic`);
    expect(await world.service(sns, alarms).may('sqs:SendMessage', inbox)).toBeDenied();
    expect(await world.service(sns, notices).may('sqs:ReceiveMessage', inbox)).toBeDenied();
  });

  it('redrives for an operator outside, who could not take the messages out', async () => {
    const redrive = world.administrator().with({ 'aws:ViaAWSService': 'true' });
    for (const call of ['ReceiveMessage', 'DeleteMessage']) {
      expect(await redrive.may(`sqs:${call}`, world.resource(`${stack}/Inbox/Dlq`))).toBeAllowed();
    }
    expect(await redrive.may('sqs:SendMessage', inbox)).toBeAllowed();
  });
});

/** What is not ours, and open to everyone: that it cannot be reached is the endpoint's doing alone. */
describe('endpoints let nothing pass', () => {
  const openPolicy = (arn: string): Policy => ({
    name: 'policy of something open',
    statements: [{ Effect: 'Allow', Principal: '*', Action: '*', Resource: arn }],
  });
  const everything: Policy = {
    name: 'policy AdministratorAccess',
    statements: [{ Effect: 'Allow', Action: '*', Resource: '*' }],
  };

  /** Somebody inside who may do everything, calling something that everyone may call. */
  function somebody(principalAccount: string, through: string, target: Target): Caller {
    const principal = `arn:aws:iam::${principalAccount}:role/made-up`;
    const details: CallerDetails = {
      name: `an administrator of ${principalAccount} inside`,
      principal,
      identity: [everything],
      context: { 'aws:SecureTransport': 'true', 'aws:PrincipalAccount': principalAccount },
      resourcePolicyOf: () => openPolicy(target.arn ?? ''),
      endpointFor: () => endpoint(through),
    };
    return new Caller(details);
  }

  const cases = [
    { id: 'Sqs', action: 'sqs:SendMessage', arn: (owner: string) => `arn:aws:sqs:${region}:${owner}:some` },
    { id: 'Sns', action: 'sns:Publish', arn: (owner: string) => `arn:aws:sns:${region}:${owner}:some` },
    {
      id: 'DynamoDb',
      action: 'dynamodb:PutItem',
      arn: (owner: string) => `arn:aws:dynamodb:${region}:${owner}:table/some`,
    },
  ];
  const targetOf = (arn: string, account: string): Target => ({ path: 'something open', arn, account });

  it.each(cases)('to what another account owns: $action', async ({ id, action, arn }) => {
    const theirs = targetOf(arn(foreignAccount), foreignAccount);
    const ours = targetOf(arn(ownAccount), ownAccount);
    expect(await somebody(ownAccount, id, ours).may(action, ours)).toBeAllowed();
    expect(await somebody(ownAccount, id, theirs).may(action, theirs)).toBeDenied();
  });

  it.each(cases)('with credentials of another account: $action', async ({ id, action, arn }) => {
    const ours = targetOf(arn(ownAccount), ownAccount);
    expect(await somebody(foreignAccount, id, ours).may(action, ours)).toBeDenied();
  });

  it('to a bucket: the packages of Amazon Linux excepted, which are read unsigned', async () => {
    const object = (bucket: string) => targetOf(`arn:aws:s3:::${bucket}/object`, foreignAccount);
    const packages = object(`al2023-repos-${region}-de612dc2`);
    const unsigned = (target: Target) =>
      new Caller({
        name: 'dnf',
        principal: 'anonymous',
        identity: [],
        context: { 'aws:SecureTransport': 'true', 'aws:PrincipalAccount': undefined },
        resourcePolicyOf: () => openPolicy(target.arn ?? ''),
        endpointFor: () => endpoint('S3'),
      });
    expect(await unsigned(packages).may('s3:GetObject', packages)).toBeAllowed();
    expect(await somebody(ownAccount, 'S3', packages).may('s3:PutObject', packages)).toBeDenied();
    const theirs = object('somebody-elses');
    expect(await unsigned(theirs).may('s3:GetObject', theirs)).toBeDenied();
    expect(await somebody(ownAccount, 'S3', theirs).may('s3:PutObject', theirs)).toBeDenied();
  });
});

describe('roles may', () => {
  it.each(['dev', 'prod'] as const)(
    'on the instance, what there is to try, and be visited: %s',
    async stage => {
      const deployed = synthesizedWorld(stage);
      expect(await reachOf(deployed.resource(`${stack}/Terminal/Role`), deployed)).toEqual({
        '*': [
          'ssmmessages:CreateControlChannel',
          'ssmmessages:CreateDataChannel',
          'ssmmessages:OpenControlChannel',
          'ssmmessages:OpenDataChannel',
        ],
        [`${stack}/Inbox/Queue`]: [
          'sqs:ChangeMessageVisibility',
          'sqs:DeleteMessage',
          'sqs:GetQueueAttributes',
          'sqs:ReceiveMessage',
          'sqs:SendMessage',
        ],
        [`${stack}/Notices/Topic`]: ['sns:Publish'],
        [`${stack}/QueueKey`]: ['kms:Decrypt', 'kms:GenerateDataKey'],
        [`${stack}/TopicKey`]: ['kms:Decrypt', 'kms:GenerateDataKey'],
      });
    },
  );

  it('write flow logs', async () => {
    expect(await reachOf(world.resource(`${stack}/Network/FlowLogRole`), world)).toEqual({
      [`${stack}/Network/FlowLog`]: ['logs:CreateLogStream', 'logs:DescribeLogStreams', 'logs:PutLogEvents'],
    });
  });

  it('do nothing else: there are no others', () => {
    const roles = world.ofType('AWS::IAM::Role').filter(({ stackName }) => stackName === stack);
    expect(roles.map(({ path }) => path).sort()).toEqual([
      `${stack}/Network/FlowLogRole`,
      `${stack}/Terminal/Role`,
    ]);
  });
});
