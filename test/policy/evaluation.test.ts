import type { Target } from '../support/policy/caller.ts';
import { Caller } from '../support/policy/caller.ts';
import type { Policy, PolicyStatement } from '../support/policy/policies.ts';
import '../support/policy/matchers.ts';

const account = '111122223333';
const queueArn = `arn:aws:sqs:eu-west-1:${account}:jobs`;
const keyArn = `arn:aws:kms:eu-west-1:${account}:key/jobs`;
const topicArn = `arn:aws:sns:eu-west-1:${account}:events`;
const root = { AWS: `arn:aws:iam::${account}:root` };
const roleArn = `arn:aws:iam::${account}:role/worker`;
const foreignRoleArn = 'arn:aws:iam::999999999999:role/worker';

interface Situation {
  readonly principal?: string;
  readonly identity?: readonly PolicyStatement[];
  readonly onResource?: readonly PolicyStatement[];
  readonly context?: Readonly<Record<string, string | undefined>>;
}

/** Asks with policies made by hand, as IAM's documentation says how they are to be judged. */
function verdictOn(
  action: string,
  arn: string,
  { principal = roleArn, identity, onResource, context = {} }: Situation,
) {
  const named = (name: string, statements: readonly PolicyStatement[]): Policy => ({ name, statements });
  const target: Target = { path: 'the jobs', arn, account };
  const caller = new Caller({
    name: 'the caller',
    principal,
    identity: identity ? [named('policy of the caller', identity)] : [],
    context,
    resourcePolicyOf: () => onResource && named('policy of the jobs', onResource),
  });
  return caller.may(action, target);
}

const maySend: PolicyStatement = { Effect: 'Allow', Action: 'sqs:SendMessage', Resource: queueArn };
const snsMaySend = (condition?: PolicyStatement['Condition']): PolicyStatement => ({
  Sid: 'AdmitEvents',
  Effect: 'Allow',
  Principal: { Service: 'sns.amazonaws.com' },
  Action: 'sqs:SendMessage',
  Resource: queueArn,
  ...(condition && { Condition: condition }),
});
const forTopic = (value: string | undefined) => ({
  principal: 'sns.amazonaws.com',
  context: { 'aws:SourceArn': value },
});

describe('roles', () => {
  it('may what their own policy allows, in their own account', async () => {
    expect(await verdictOn('sqs:SendMessage', queueArn, { identity: [maySend] })).toBeAllowed();
    expect(await verdictOn('sqs:ReceiveMessage', queueArn, { identity: [maySend] })).toBeDenied();
    expect(await verdictOn('sqs:SendMessage', `${queueArn}2`, { identity: [maySend] })).toBeDenied();
    expect(await verdictOn('sqs:SendMessage', queueArn, {})).toBeDenied();
  });

  it('may what the resource lets them by name, in their own account', async () => {
    const admitsRole: PolicyStatement = { ...maySend, Principal: { AWS: roleArn } };
    expect(await verdictOn('sqs:SendMessage', queueArn, { onResource: [admitsRole] })).toBeAllowed();
    const admitsOther: PolicyStatement = { ...maySend, Principal: { AWS: `${roleArn}2` } };
    expect(await verdictOn('sqs:SendMessage', queueArn, { onResource: [admitsOther] })).toBeDenied();
  });

  it('need the leave of both accounts, from another account', async () => {
    const principal = foreignRoleArn;
    const admits: PolicyStatement = { ...maySend, Principal: { AWS: 'arn:aws:iam::999999999999:root' } };
    const ask = (situation: Situation) => verdictOn('sqs:SendMessage', queueArn, { principal, ...situation });
    expect(await ask({ identity: [maySend] })).toBeDenied();
    expect(await ask({ onResource: [admits] })).toBeDenied();
    expect(await ask({ identity: [maySend], onResource: [admits] })).toBeAllowed();
  });

  it('may use a key only where its policy delegates to the account', async () => {
    const mayDecrypt: PolicyStatement = { Effect: 'Allow', Action: 'kms:Decrypt', Resource: keyArn };
    const delegates: PolicyStatement = { Effect: 'Allow', Principal: root, Action: 'kms:*', Resource: '*' };
    const ask = (situation: Situation) => verdictOn('kms:Decrypt', keyArn, situation);
    expect(await ask({ identity: [mayDecrypt], onResource: [delegates] })).toBeAllowed();
    expect(await ask({ identity: [mayDecrypt], onResource: [] })).toBeDenied();
    expect(await ask({ onResource: [delegates] })).toBeDenied();
  });

  it('may nothing that a statement denies, whatever allows it', async () => {
    const denies: PolicyStatement = { Effect: 'Deny', Principal: '*', Action: 'sqs:*', Resource: queueArn };
    const verdict = await verdictOn('sqs:SendMessage', queueArn, {
      identity: [maySend],
      onResource: [denies],
    });
    expect(verdict).toBeForbidden();
    expect(await verdictOn('sqs:SendMessage', queueArn, {})).not.toBeForbidden();
  });

  it('may all but what is excepted, where a policy excepts', async () => {
    const allButPurge: PolicyStatement = { Effect: 'Allow', NotAction: 'sqs:PurgeQueue', Resource: '*' };
    expect(await verdictOn('sqs:SendMessage', queueArn, { identity: [allButPurge] })).toBeAllowed();
    expect(await verdictOn('sqs:PurgeQueue', queueArn, { identity: [allButPurge] })).toBeDenied();
  });
});

describe('services', () => {
  it('may what the resource lets them, for the source that it names', async () => {
    const onResource = [snsMaySend({ ArnEquals: { 'aws:SourceArn': topicArn } })];
    const ask = (sourceArn: string | undefined) =>
      verdictOn('sqs:SendMessage', queueArn, { onResource, ...forTopic(sourceArn) });
    expect(await ask(topicArn)).toBeAllowed();
    expect(await ask(`${topicArn}2`)).toBeDenied();
    expect(await ask(undefined)).toBeDenied();
  });

  it('may what the resource lets them, for sources like those that it names', async () => {
    const onResource = [snsMaySend({ ArnLike: { 'aws:SourceArn': `arn:aws:sns:*:${account}:ev*` } })];
    const ask = (sourceArn: string) =>
      verdictOn('sqs:SendMessage', queueArn, { onResource, ...forTopic(sourceArn) });
    expect(await ask(topicArn)).toBeAllowed();
    expect(await ask(`arn:aws:sns:us-east-1:${account}:evenings`)).toBeAllowed();
    expect(await ask('arn:aws:sns:eu-west-1:999999999999:events')).toBeDenied();
  });

  it('are not of the account, so that what admits its principals does not admit them', async () => {
    const delegates: PolicyStatement = { Effect: 'Allow', Principal: root, Action: 'kms:*', Resource: '*' };
    const situation = { principal: 'sns.amazonaws.com', onResource: [delegates] };
    expect(await verdictOn('kms:Decrypt', keyArn, situation)).toBeDenied();
  });

  it('may, for any source, what the resource lets them without a condition', async () => {
    const onResource = [snsMaySend()];
    expect(
      await verdictOn('sqs:SendMessage', queueArn, { onResource, ...forTopic(undefined) }),
    ).toBeAllowed();
    expect(
      await verdictOn('sqs:SendMessage', queueArn, { onResource, principal: 's3.amazonaws.com' }),
    ).toBeDenied();
  });
});

it('lets in whoever signs nothing only where everybody is', async () => {
  const admitsAll: PolicyStatement = { ...maySend, Principal: '*' };
  const admitsAccount: PolicyStatement = { ...maySend, Principal: root };
  const ask = (statement: PolicyStatement) =>
    verdictOn('sqs:SendMessage', queueArn, { principal: 'anonymous', onResource: [statement] });
  expect(await ask(admitsAll)).toBeAllowed();
  expect(await ask(admitsAccount)).toBeDenied();
});

describe('what cannot be decided', () => {
  const undecided = (Condition: PolicyStatement['Condition'], context = {}) =>
    verdictOn('sqs:SendMessage', queueArn, {
      principal: 'sns.amazonaws.com',
      onResource: [snsMaySend(Condition)],
      context,
    });

  it('is an error when a condition asks for a key of which the request says nothing', async () => {
    await expect(undecided({ ArnEquals: { 'aws:SourceArn': topicArn } })).rejects.toThrow(
      /statement "AdmitEvents" of the policy of the jobs .* asks for aws:SourceArn, of which the request says nothing/,
    );
  });

  it('is an error when a misspelled key would let everyone through', async () => {
    const misspelled = { StringNotEquals: { 'aws:SorceAccount': '999999999999' } };
    await expect(undecided(misspelled, { 'aws:SourceAccount': '999999999999' })).rejects.toThrow(
      'aws:SorceAccount',
    );
  });

  it('is an error when there is no such operator', async () => {
    const condition = { ArnMatches: { 'aws:SourceArn': topicArn } };
    await expect(undecided(condition, { 'aws:SourceArn': topicArn })).rejects.toThrow(
      'has the operator ArnMatches, which IAM does not know',
    );
  });

  it('is decided by the absence of a key that the request states to be absent', async () => {
    const fromHere = { StringEquals: { 'aws:SourceVpce': 'vpce-1' } };
    const notFromThere = { StringNotEquals: { 'aws:SourceVpce': 'vpce-2' } };
    expect(await undecided(fromHere, { 'aws:SourceVpce': undefined })).toBeDenied();
    expect(await undecided(notFromThere, { 'aws:SourceVpce': undefined })).toBeAllowed();
    expect(await undecided(fromHere, { 'aws:sourcevpce': 'vpce-1' })).toBeAllowed();
  });

  it('does not matter in a statement that is not about the request', async () => {
    const aboutPurging = { ...snsMaySend({ Bool: { 'aws:MadeUp': 'true' } }), Action: 'sqs:PurgeQueue' };
    const verdict = await verdictOn('sqs:SendMessage', queueArn, {
      onResource: [snsMaySend(), aboutPurging],
      ...forTopic(topicArn),
    });
    expect(verdict).toBeAllowed();
  });

  it('is an error when IAM has no such action, or AWS sends no such key with it', async () => {
    await expect(verdictOn('sqs:PostMessage', queueArn, {})).rejects.toThrow('invalid.action');
    await expect(verdictOn('sqs:SendMessage', keyArn, {})).rejects.toThrow('action does not apply');
    await expect(verdictOn('sqs:SendMessage', `${queueArn}*`, {})).rejects.toThrow('has a wildcard');
    await expect(undecided(undefined, { 'sns:Protocol': 'sqs' })).rejects.toThrow(
      'AWS does not send sns:Protocol with this action',
    );
  });

  it('is an error when a policy is not one', async () => {
    const neither = [{ ...maySend, Effect: 'Permit' } as object as PolicyStatement];
    await expect(verdictOn('sqs:SendMessage', queueArn, { identity: neither })).rejects.toThrow(
      'policy is invalid',
    );
  });
});

describe('verdicts', () => {
  it('name the statement that allowed', async () => {
    const verdict = await verdictOn('sqs:SendMessage', queueArn, {
      onResource: [snsMaySend()],
      ...forTopic(topicArn),
    });
    expect(() => expect(verdict).toBeDenied()).toThrow(
      /the caller: sqs:SendMessage on the jobs is allowed by statement "AdmitEvents" of the policy of the jobs/,
    );
    expect(verdict.decisive).toMatchObject([{ policy: 'policy of the jobs', index: 1 }]);
  });

  it('name the statement that denied', async () => {
    const denies: PolicyStatement = { Effect: 'Deny', Action: 'sqs:*', Resource: '*' };
    const verdict = await verdictOn('sqs:SendMessage', queueArn, { identity: [maySend, denies] });
    expect(() => expect(verdict).toBeAllowed()).toThrow(
      /is denied by statement 2 of the policy of the caller/,
    );
  });

  it('name the condition that a statement failed on', async () => {
    const verdict = await verdictOn('sqs:SendMessage', queueArn, {
      onResource: [snsMaySend({ ArnEquals: { 'aws:SourceArn': topicArn } })],
      ...forTopic(`${topicArn}2`),
    });
    expect(() => expect(verdict).toBeAllowed()).toThrow(
      `ArnEquals aws:SourceArn wants ${topicArn}, the request has ${topicArn}2`,
    );
  });

  it('name the policies that were asked in vain', async () => {
    const verdict = await verdictOn('sqs:PurgeQueue', queueArn, { identity: [maySend] });
    expect(() => expect(verdict).toBeAllowed()).toThrow(
      'is allowed by no policy (asked: policy of the caller)',
    );
    expect(() => expect(verdict).toBeForbidden()).toThrow('Expected the request to be denied by a statement');
  });

  it('must be awaited', () => {
    const promised = verdictOn('sqs:SendMessage', queueArn, {});
    expect(() => expect(promised).toBeDenied()).toThrow('Await what was asked');
  });
});

describe('the encryption context of a call of KMS', () => {
  const admits: PolicyStatement = {
    Effect: 'Allow',
    Principal: { AWS: roleArn },
    Action: ['kms:Decrypt', 'kms:DescribeKey'],
    Resource: '*',
    Condition: {
      StringEquals: { 'kms:EncryptionContext:field': 'card' },
      StringLike: { 'kms:EncryptionContext:order_id': '?*' },
    },
  };
  const inContext = (context: Situation['context']) =>
    verdictOn('kms:Decrypt', keyArn, {
      onResource: [admits],
      context: {
        'kms:EncryptionContext:field': undefined,
        'kms:EncryptionContext:order_id': undefined,
        ...context,
      },
    });

  it('decides what a policy allows in it', async () => {
    const context = { 'kms:EncryptionContext:field': 'card', 'kms:EncryptionContext:order_id': '1' };
    expect(await inContext(context)).toBeAllowed();
    expect(await inContext({ ...context, 'kms:EncryptionContext:field': 'iban' })).toBeDenied();
    expect(await inContext({ ...context, 'kms:EncryptionContext:order_id': undefined })).toBeDenied();
    expect(await inContext({})).toBeDenied();
  });

  it('must be settled, or the request is no question', async () => {
    await expect(verdictOn('kms:Decrypt', keyArn, { onResource: [admits] })).rejects.toThrow(
      /asks for kms:EncryptionContext:field, of which the request says nothing/,
    );
  });

  it('is not sent by calls that encrypt nothing', async () => {
    await expect(
      verdictOn('kms:DescribeKey', keyArn, {
        onResource: [admits],
        context: { 'kms:EncryptionContext:field': 'card', 'kms:EncryptionContext:order_id': '1' },
      }),
    ).rejects.toThrow(/AWS does not send kms:EncryptionContext:field/);
  });
});
