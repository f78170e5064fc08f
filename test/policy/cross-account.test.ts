import { account, foreignAccount, region } from '../support/policy/account.ts';
import type { PolicyStatement } from '../support/policy/policies.ts';
import { synthesizedWorld } from '../support/policy/synthesized-world.ts';

const [carrier, sender, receiver, finder] = ['444444444444', '555555555555', '666666666666', '777777777777'];
const organization = 'o-a1b2c3d4e5';
const sqs = `sqs.${region}.amazonaws.com`;

const guests = {
  topicGuestAccounts: sender,
  queueSenderAccounts: sender,
  queueReceiverAccounts: receiver,
  queueLookupAccounts: finder,
};
const world = synthesizedWorld('dev', guests);
const ofOrganization = synthesizedWorld('dev', { ...guests, guestOrganizationId: organization });

const [queuePath, keyPath, topicPath] = [
  'cross-account-queue/Scans/Queue',
  'cross-account-queue/QueueKey',
  'cross-account-topic/Parcels/Topic',
];
const queue = world.resource(queuePath);
const dlq = world.resource('cross-account-queue/Scans/Dlq');
const key = world.resource(keyPath);
const topic = world.resource(topicPath);

const everything: PolicyStatement = { Effect: 'Allow', Action: '*', Resource: '*' };
/** What the sender's account writes into the policy of its role: the queue, and the key by way of SQS. */
const sending: readonly PolicyStatement[] = [
  { Effect: 'Allow', Action: ['sqs:GetQueueUrl', 'sqs:SendMessage'], Resource: queue.arn ?? '' },
  {
    Effect: 'Allow',
    Action: ['kms:Decrypt', 'kms:GenerateDataKey'],
    Resource: key.arn ?? '',
    Condition: { StringEquals: { 'kms:ViaService': sqs } },
  },
];

const allowed = {
  [sender]: ['sqs:GetQueueUrl', 'sqs:SendMessage'],
  [receiver]: [
    'sqs:ChangeMessageVisibility',
    'sqs:DeleteMessage',
    'sqs:GetQueueAttributes',
    'sqs:GetQueueUrl',
    'sqs:ReceiveMessage',
  ],
  [finder]: ['sqs:GetQueueUrl'],
  [foreignAccount]: [],
};
const calls = [...new Set(Object.values(allowed).flat()), 'sqs:PurgeQueue', 'sqs:SetQueueAttributes'];

describe.each(Object.entries(allowed))('account %s', (guest, mayCall) => {
  it.each(calls)(
    `${mayCall.length > 0 ? 'is let in for its calls alone' : 'is let in for none'}: %s`,
    async call => {
      const verdict = await world.roleOf(guest, [everything]).may(call, queue);
      if (mayCall.includes(call)) expect(verdict).toBeAllowed();
      else expect(verdict).toBeDenied();
    },
  );

  it('never calls without TLS, and never the DLQ', async () => {
    for (const call of calls) {
      const caller = world.roleOf(guest, [everything]);
      expect(await caller.overPlainHttp().may(call, queue)).not.toBeAllowed();
      expect(await caller.may(call, dlq)).toBeDenied();
    }
  });
});

describe("both sides of a sender's call", () => {
  it('the queue and its own account let it send, and use the key by way of SQS', async () => {
    const role = world.roleOf(sender, sending);
    expect(await role.may('sqs:SendMessage', queue)).toBeAllowed();
    expect(await role.by(sqs).may('kms:GenerateDataKey', key)).toBeAllowed();
    expect(await role.may('kms:GenerateDataKey', key)).toBeDenied();
    expect(await role.by('s3.eu-west-1.amazonaws.com').may('kms:GenerateDataKey', key)).toBeDenied();
  });

  it('neither side is enough alone', async () => {
    expect(await world.roleOf(sender, []).may('sqs:SendMessage', queue)).toBeDenied();
    expect(await world.roleOf(foreignAccount, sending).may('sqs:SendMessage', queue)).toBeDenied();
    expect(await world.roleOf(sender, []).by(sqs).may('kms:GenerateDataKey', key)).toBeDenied();
  });

  it("the key opens to no guest's own calls, whatever its account lets it do", async () => {
    for (const [guest, call] of [
      [sender, 'kms:GenerateDataKey'],
      [sender, 'kms:Decrypt'],
      [receiver, 'kms:Decrypt'],
    ] as const) {
      expect(await world.roleOf(guest, [everything]).by(sqs).may(call, key)).toBeAllowed();
      expect(await world.roleOf(guest, [everything]).may(call, key)).toBeDenied();
      const elsewhere = world.roleOf(guest, [everything]).by('sqs.us-east-1.amazonaws.com');
      expect(await elsewhere.may(call, key)).toBeDenied();
    }
  });

  it('who only receives opens messages, and encrypts none; who only looks up does neither', async () => {
    const opens = (guest: string, call: string) => world.roleOf(guest, [everything]).by(sqs).may(call, key);
    expect(await opens(receiver, 'kms:Decrypt')).toBeAllowed();
    expect(await opens(receiver, 'kms:GenerateDataKey')).toBeDenied();
    expect(await opens(finder, 'kms:Decrypt')).toBeDenied();
  });
});

describe('an organization', () => {
  const asked = ofOrganization.resource(queuePath);
  const role = ofOrganization.roleOf(sender, [everything]);

  it('lets its accounts in, and the same accounts no more once they have left it', async () => {
    const member = role.with({ 'aws:PrincipalOrgID': organization }, 'of the organization');
    expect(await member.may('sqs:SendMessage', asked)).toBeAllowed();
    expect(
      await role.with({ 'aws:PrincipalOrgID': 'o-zzzzzzzzzz' }).may('sqs:SendMessage', asked),
    ).toBeDenied();
    expect(await role.with({ 'aws:PrincipalOrgID': undefined }).may('sqs:SendMessage', asked)).toBeDenied();
    const foreign = ofOrganization
      .roleOf(foreignAccount, [everything])
      .with({ 'aws:PrincipalOrgID': organization });
    expect(await foreign.may('sqs:SendMessage', asked)).toBeDenied();
  });

  it('is asked for by the key and the topic too', async () => {
    const asWhom = {
      'kms:GenerateDataKey': role.by(sqs),
      'sns:Subscribe': role.with({
        'sns:Protocol': 'sqs',
        'sns:Endpoint': `arn:aws:sqs:${region}:${sender}:scans`,
      }),
      'sns:GetTopicAttributes': role,
    };
    for (const [call, caller] of Object.entries(asWhom)) {
      const target = ofOrganization.resource(call.startsWith('kms:') ? keyPath : topicPath);
      const of = (id: string | undefined) => caller.with({ 'aws:PrincipalOrgID': id }).may(call, target);
      expect(await of(organization)).toBeAllowed();
      expect(await of('o-zzzzzzzzzz')).toBeDenied();
      expect(await of(undefined)).toBeDenied();
    }
  });
});

describe('subscribing to the topic', () => {
  const subscribe = (guest: string, protocol: string, endpoint: string) =>
    world
      .roleOf(guest, [everything])
      .with({ 'sns:Protocol': protocol, 'sns:Endpoint': endpoint }, `${protocol} ${endpoint}`)
      .may('sns:Subscribe', topic);
  const queueOf = (owner: string, where = region) => `arn:aws:sqs:${where}:${owner}:scans`;

  it('is for queues of the accounts that are named, in their own account', async () => {
    expect(await subscribe(sender, 'sqs', queueOf(sender))).toBeAllowed();
    expect(await subscribe(sender, 'sqs', queueOf(foreignAccount))).toBeDenied();
    expect(await subscribe(sender, 'sqs', queueOf(sender, 'us-east-1'))).toBeDenied();
    expect(await subscribe(sender, 'https', 'https://example.com')).toBeDenied();
    expect(await subscribe(foreignAccount, 'sqs', queueOf(foreignAccount))).toBeDenied();
  });

  it('is all that they may: nobody of them publishes', async () => {
    expect(await world.roleOf(sender, [everything]).may('sns:Publish', topic)).toBeDenied();
    expect(await world.outsider().may('sns:Publish', topic)).toBeDenied();
  });
});

it('a queue hears of a topic of another account, and of that one alone', async () => {
  const parcelTopicArn = `arn:aws:sns:${region}:${carrier}:cross-account-topic-parcels`;
  const shop = synthesizedWorld('dev', { parcelTopicArn });
  const [scans, scansKey] = [shop.resource(queuePath), shop.resource(keyPath)];
  for (const [action, target] of [
    ['sqs:SendMessage', scans],
    ['kms:GenerateDataKey', scansKey],
  ] as const) {
    const from = (arn: string) =>
      shop.service('sns.amazonaws.com', { arn, account: carrier }).may(action, target);
    expect(await from(parcelTopicArn)).toBeAllowed();
    expect(await from(parcelTopicArn.replace(carrier, account))).toBeDenied();
    expect(await from(parcelTopicArn.replace('parcels', 'other'))).toBeDenied();
  }
});
