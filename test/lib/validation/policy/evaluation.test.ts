import { jest } from '@jest/globals';
import fc from 'fast-check';
import { knownOperators, type RequestContext } from '../../../../lib/validation/policy/conditions.ts';
import {
  type AccessRequest,
  evaluate,
  type Principal,
} from '../../../../lib/validation/policy/evaluation.ts';
import type { PolicyStatement } from '../../../../lib/validation/policy/policy-document.ts';
import { evaluate as simulate } from '../../../support/policy/evaluation.ts';
import type { PolicyStatement as SimulatedStatement } from '../../../support/policy/policies.ts';

// A few thousand requests are asked of two evaluators.
jest.setTimeout(120_000);

const account = '111122223333';
const foreignAccount = '999999999999';
const roles = [`arn:aws:iam::${account}:role/worker`, `arn:aws:iam::${foreignAccount}:role/worker`];
const services = ['sns.amazonaws.com', 's3.amazonaws.com'];
const sources = [
  `arn:aws:sns:eu-west-1:${account}:orders`,
  `arn:aws:sns:eu-west-1:${account}:orders-2`,
  `arn:aws:sns:eu-west-1:${foreignAccount}:orders`,
  'arn:aws:s3:::uploads',
  `arn:aws:cloudwatch:eu-west-1:${account}:alarm:late`,
];

/** A call and what it may be made on. */
const calls = [
  { action: 'sqs:SendMessage', arn: `arn:aws:sqs:eu-west-1:${account}:jobs` },
  { action: 'sqs:ReceiveMessage', arn: `arn:aws:sqs:eu-west-1:${account}:jobs` },
  { action: 'sns:Publish', arn: `arn:aws:sns:eu-west-1:${account}:orders` },
  { action: 'kms:Decrypt', arn: `arn:aws:kms:eu-west-1:${account}:key/jobs` },
  { action: 's3:PutObject', arn: 'arn:aws:s3:::uploads/incoming/a.txt' },
];

const principals: fc.Arbitrary<Principal> = fc.oneof(
  fc.constantFrom(...services).map(name => ({ kind: 'service' as const, name })),
  fc.constantFrom(...roles).map(arn => ({ kind: 'role' as const, arn, account: arn.split(':')[4] ?? '' })),
  fc.constant({ kind: 'anonymous' as const }),
);

/** Patterns made of a text: the text, a part of it replaced by wildcards, or one that is like it. */
function patternsOf(texts: readonly string[]): fc.Arbitrary<string> {
  return fc
    .record({
      text: fc.constantFrom(...texts),
      from: fc.nat(60),
      length: fc.nat(6),
      by: fc.constantFrom('', '*', '?', '**', 'x'),
      as: fc.constantFrom('is', 'is', 'pattern', 'pattern', 'all'),
    })
    .map(({ text, from, length, by, as }) => {
      if (as === 'all') return '*';
      return as === 'is' ? text : text.slice(0, from) + by + text.slice(from + length);
    });
}

function oneOrMore<T>(values: fc.Arbitrary<T>): fc.Arbitrary<T | T[]> {
  return fc.oneof(values, fc.array(values, { minLength: 1, maxLength: 3 }));
}

const texts: Readonly<Record<string, readonly string[]>> = {
  'aws:SourceArn': sources,
  'aws:SourceAccount': [account, foreignAccount],
  'aws:PrincipalArn': roles,
};
const flags = ['aws:SecureTransport', 'aws:PrincipalIsAWSService', 'aws:ViaAWSService'];

const conditions = fc.oneof(
  fc
    .record({
      operator: fc.constantFrom(
        ...['StringEquals', 'StringNotEquals', 'StringLike', 'StringNotLike'],
        ...['StringEqualsIgnoreCase', 'StringNotEqualsIgnoreCase'],
      ),
      ifExists: fc.constantFrom('', 'IfExists'),
      key: fc.constantFrom('aws:SourceArn', 'aws:SourceAccount', 'AWS:sourcearn'),
    })
    .chain(({ operator, ifExists, key }) =>
      oneOrMore(patternsOf([...sources, account, foreignAccount])).map(values => ({
        [`${operator}${ifExists}`]: { [key]: values },
      })),
    ),
  fc
    .record({
      operator: fc.constantFrom('ArnEquals', 'ArnLike', 'ArnNotEquals', 'ArnNotLike'),
      ifExists: fc.constantFrom('', 'IfExists'),
      key: fc.constantFrom('aws:SourceArn', 'aws:PrincipalArn'),
    })
    .chain(({ operator, ifExists, key }) =>
      oneOrMore(arnPatterns(texts[key] ?? [])).map(values => ({
        [`${operator}${ifExists}`]: { [key]: values },
      })),
    ),
  fc
    .record({ operator: fc.constantFrom('Bool', 'BoolIfExists'), key: fc.constantFrom(...flags) })
    .chain(({ operator, key }) =>
      fc.constantFrom('true', 'false').map(value => ({ [operator]: { [key]: value } })),
    ),
  fc
    .record({
      key: fc.constantFrom(...Object.keys(texts), ...flags),
      value: fc.constantFrom('true', 'false'),
    })
    .map(({ key, value }) => ({ Null: { [key]: value } })),
);

/** An ARN, with a wildcard for one of its parts or for two. */
function arnPatterns(arns: readonly string[]): fc.Arbitrary<string> {
  return fc
    .record({
      arn: fc.constantFrom(...arns),
      part: fc.integer({ min: 3, max: 5 }),
      by: fc.constantFrom('*', '?', 'o*', ''),
      parts: fc.constantFrom(1, 1, 2),
    })
    .map(({ arn, part, by, parts: replaced }) => {
      if (by === '') return arn;
      const parts = arn.split(':');
      parts.splice(part, replaced, by);
      return parts.join(':');
    });
}

const actionPatterns = fc.oneof(
  patternsOf(calls.map(({ action }) => action)).filter(pattern => pattern === '*' || /^\w+:./.test(pattern)),
  fc.constantFrom('sqs:*', 'SQS:sendmessage', 'kms:*', 'sns:*', 's3:*'),
);

const statementParts = fc.record({
  Effect: fc.constantFrom('Allow' as const, 'Allow' as const, 'Allow' as const, 'Deny' as const),
  actions: oneOrMore(actionPatterns),
  exceptAction: fc.boolean(),
  resources: oneOrMore(patternsOf(calls.map(({ arn }) => arn)).filter(isArnPattern)),
  exceptResource: fc.integer({ min: 0, max: 9 }).map(roll => roll === 0),
  Condition: fc.option(
    fc
      .array(conditions, { minLength: 1, maxLength: 2 })
      .map(blocks => Object.assign({}, ...blocks) as object),
    { nil: undefined },
  ),
  principal: fc.oneof(
    fc.constantFrom<PolicyStatement['Principal']>('*', { AWS: '*' }),
    fc.constantFrom(...services).map(Service => ({ Service })),
    fc.constant({ Service: services }),
    fc
      .constantFrom(...roles, `arn:aws:iam::${account}:root`, `arn:aws:iam::${foreignAccount}:root`, account)
      .map(AWS => ({ AWS })),
    fc.constant({ AWS: roles, Service: 'sns.amazonaws.com' }),
  ),
});

/** Every part is there, and the type of the resource: what wildcards mean for them is left open. */
function isArnPattern(pattern: string): boolean {
  return (
    pattern === '*' || /^arn:aws:(((sqs|sns|s3):[^:]*:[^:]*:)|kms:[^:]*:[^:]*:([*?]$|key\/))/.test(pattern)
  );
}

function statements(kind: 'identity' | 'resource'): fc.Arbitrary<PolicyStatement> {
  return statementParts.map(
    ({ Effect, actions, exceptAction, resources, exceptResource, Condition, principal }) =>
      ({
        Effect,
        ...(exceptAction ? { NotAction: actions } : { Action: actions }),
        ...(exceptResource ? { NotResource: resources } : { Resource: resources }),
        ...(Condition && { Condition }),
        ...(kind === 'resource' && { Principal: principal }),
      }) as PolicyStatement,
  );
}

const contexts: fc.Arbitrary<RequestContext> = fc.record({
  'aws:SourceArn': fc.option(fc.constantFrom(...sources), { nil: undefined }),
  'aws:SourceAccount': fc.option(fc.constantFrom(account, foreignAccount), { nil: undefined }),
  'aws:SecureTransport': fc.constantFrom('true', 'false'),
  'aws:ViaAWSService': fc.constantFrom('true', 'false', undefined),
});

const situations = fc.record({
  principal: principals,
  call: fc.constantFrom(...calls),
  identity: fc.array(statements('identity'), { maxLength: 3 }),
  resource: fc.array(statements('resource'), { maxLength: 4 }),
  context: contexts,
});

type Situation = typeof situations extends fc.Arbitrary<infer T> ? T : never;

/** The answers of our evaluator and of the simulator, in the same words. */
async function answers({ principal, call, identity, resource, context }: Situation, simulating = true) {
  const settled: RequestContext = {
    ...context,
    'aws:PrincipalArn': principal.kind === 'role' ? principal.arn : undefined,
    'aws:PrincipalIsAWSService':
      principal.kind === 'anonymous' ? undefined : String(principal.kind === 'service'),
  };
  const request: AccessRequest = {
    principal,
    action: call.action,
    resource: { arn: call.arn, account },
    context: settled,
  };
  const own = principal.kind === 'role' ? [{ name: 'own', statements: identity }] : [];
  const verdict = evaluate(request, { identity: own, resource: { name: 'resource', statements: resource } });
  const simulated = simulating
    ? simulate(
        {
          caller: 'the caller',
          principal:
            principal.kind === 'role'
              ? principal.arn
              : principal.kind === 'service'
                ? principal.name
                : 'anonymous',
          action: call.action,
          target: 'the target',
          resourceArn: call.arn,
          resourceAccount: account,
          context: settled,
        },
        {
          identity: own as { name: string; statements: SimulatedStatement[] }[],
          resource: { name: 'resource', statements: resource as SimulatedStatement[] },
        },
      )
    : undefined;
  return { verdict, simulated };
}

function inWords(allowed: boolean, forbidden: boolean) {
  return { allowed: allowed ? 'yes' : 'no', forbidden: forbidden ? 'yes' : 'no' };
}

it('agrees with the simulator on whatever is in its grammar', async () => {
  const seen = { allowed: 0, forbidden: 0, denied: 0 };
  await fc.assert(
    fc.asyncProperty(situations, async situation => {
      const { verdict, simulated } = await answers(situation);
      const judge = await simulated;
      if (!judge) throw new Error('The simulator was not asked');
      seen[judge.allowed ? 'allowed' : judge.forbidden ? 'forbidden' : 'denied']++;
      expect({ allowed: verdict.allowed, forbidden: verdict.forbidden }).toEqual(
        inWords(judge.allowed, judge.forbidden),
      );
    }),
    { numRuns: 4_000, seed: 20_260 },
  );
  // Of each answer there are enough for agreement to mean something.
  for (const count of Object.values(seen)) expect(count).toBeGreaterThan(150);
});

/** What makes a statement undecidable, wherever in it. */
const undecidable: fc.Arbitrary<(statement: PolicyStatement) => PolicyStatement> = fc.constantFrom<
  (statement: PolicyStatement) => PolicyStatement
>(
  statement => ({ ...statement, Condition: { NumericLessThan: { 'aws:MultiFactorAuthAge': '300' } } }),
  statement => ({ ...statement, Condition: { StringEquals: { 'aws:PrincipalOrgID': 'o-1' } } }),
  statement => ({
    ...statement,
    Condition: { StringLike: { 'aws:SecureTransport': `\${aws:username}` } },
  }),
  statement => ({ ...statement, Condition: { 'ForAllValues:StringEquals': { 'aws:SourceArn': sources } } }),
  statement => ({ ...statement, Condition: { StringLikes: { 'aws:SourceArn': '*' } } }),
);

it('never decides by what it does not understand: without it, or with it met, the answer is the same', async () => {
  let open = 0;
  await fc.assert(
    fc.asyncProperty(situations, statements('resource'), undecidable, async (situation, statement, spoil) => {
      const spoiled = { ...situation, resource: [...situation.resource, spoil(statement)] };
      const { Condition: _, ...unconditional } = statement;
      const met = { ...situation, resource: [...situation.resource, unconditional] };
      const [{ verdict }, never, always] = [
        await answers(spoiled, false),
        await (await answers(situation)).simulated,
        await (await answers(met)).simulated,
      ];
      if (verdict.allowed === 'unknown') {
        open++;
        expect(verdict.decisive.length).toBeGreaterThan(0);
        return;
      }
      expect([never?.allowed, always?.allowed]).toEqual([
        verdict.allowed === 'yes',
        verdict.allowed === 'yes',
      ]);
    }),
    { numRuns: 1_000, seed: 20_261 },
  );
  expect(open).toBeGreaterThan(50);
});

describe('leaves open', () => {
  const jobs = `arn:aws:sqs:eu-west-1:${account}:jobs`;
  const admits: PolicyStatement = {
    Effect: 'Allow',
    Principal: { Service: 'sns.amazonaws.com' },
    Action: 'sqs:SendMessage',
    Resource: jobs,
  };
  const ask = (...statements: PolicyStatement[]) =>
    evaluate(
      {
        principal: { kind: 'service', name: 'sns.amazonaws.com' },
        action: 'sqs:SendMessage',
        resource: { arn: jobs, account },
        context: { 'aws:SourceArn': sources[0] },
      },
      { identity: [], resource: { name: 'policy of the jobs', statements } },
    );

  it.each<[string, PolicyStatement]>([
    ['an operator that does not exist', { ...admits, Condition: { StringLikes: { 'aws:SourceArn': '*' } } }],
    [
      'an operator on several values',
      { ...admits, Condition: { 'ForAnyValue:StringLike': { 'aws:SourceArn': '*' } } },
    ],
    [
      'a key of which nothing is known',
      { ...admits, Condition: { Bool: { 'aws:SecureTransport': 'true' } } },
    ],
    ['whether such a key is sent', { ...admits, Condition: { Null: { 'aws:SourceVpce': 'true' } } }],
    [
      'a negated operator on such a key',
      { ...admits, Condition: { StringNotEquals: { 'aws:PrincipalOrgID': 'o' } } },
    ],
    [
      'a policy variable',
      { ...admits, Condition: { StringEquals: { 'aws:SourceArn': `\${aws:PrincipalTag/topic}` } } },
    ],
    ['a resource that is not resolved', { ...admits, Resource: `arn:aws:sqs:\${Region}:*` }],
    ['a wildcard that reaches across the parts of an ARN', { ...admits, Resource: 'arn:aws:sqs:*jobs' }],
    ['whom a policy excepts', { Effect: 'Allow', NotPrincipal: { AWS: '*' }, Action: '*', Resource: '*' }],
  ])('%s', (_, statement) => {
    expect(ask(statement)).toMatchObject({ allowed: 'unknown', decisive: [{ statement }] });
    expect(ask({ ...statement, Effect: 'Deny' }).forbidden).toBe('unknown');
    expect(ask(admits, { ...statement, Effect: 'Deny' }).allowed).toBe('unknown');
    expect(ask(admits, statement).allowed).toBe('yes');
    expect(ask(statement, { ...admits, Effect: 'Deny' })).toMatchObject({ allowed: 'no', forbidden: 'yes' });
  });

  it('a wildcard in the type of a resource', () => {
    const statement: PolicyStatement = { Effect: 'Allow', Action: 'kms:Decrypt', Resource: '' };
    const arn = `arn:aws:kms:eu-west-1:${account}:key/jobs`;
    const mayDecrypt = (pattern: string) =>
      evaluate(
        {
          principal: { kind: 'role', arn: roles[1] ?? '', account: foreignAccount },
          action: 'kms:Decrypt',
          resource: { arn, account },
          context: {},
        },
        {
          identity: [{ name: 'own', statements: [{ ...statement, Resource: pattern }] }],
          resource: {
            name: 'policy of the key',
            statements: [{ ...statement, Principal: '*', Resource: '*' }],
          },
        },
      ).allowed;
    expect(mayDecrypt(arn.replace('key/', 'k*/'))).toBe('unknown');
    expect(mayDecrypt(arn.replace('key/', 'x*/'))).toBe('no');
    expect(mayDecrypt(arn.replace('jobs', 'j*'))).toBe('yes');
  });

  it('nothing that another part of the statement settles', () => {
    const condition = { StringLikes: { 'aws:SourceArn': '*' } };
    expect(ask({ ...admits, Action: 'sqs:ReceiveMessage', Condition: condition }).allowed).toBe('no');
    expect(ask({ ...admits, Resource: `arn:aws:sns:\${Region}:*` }).allowed).toBe('no');
  });
});

it('lets a role be assumed by whom its trust policy names, which says of no resource', () => {
  const roleArn = `arn:aws:iam::${account}:role/worker`;
  const trust: PolicyStatement = {
    Effect: 'Allow',
    Principal: { Service: 'lambda.amazonaws.com' },
    Action: 'sts:AssumeRole',
  };
  const ask = (name: string) =>
    evaluate(
      {
        principal: { kind: 'service', name },
        action: 'sts:AssumeRole',
        resource: { arn: roleArn, account },
        context: {},
      },
      { identity: [], resource: { name: 'trust policy', statements: [trust] } },
    ).allowed;
  expect(ask('lambda.amazonaws.com')).toBe('yes');
  expect(ask('ec2.amazonaws.com')).toBe('no');
});

it('understands the operators that its decision record names', () => {
  expect(knownOperators.toSorted()).toEqual([
    ...['arnequals', 'arnlike', 'arnnotequals', 'arnnotlike', 'bool', 'null'],
    ...['stringequals', 'stringequalsignorecase', 'stringlike'],
    ...['stringnotequals', 'stringnotequalsignorecase', 'stringnotlike'],
  ]);
});
