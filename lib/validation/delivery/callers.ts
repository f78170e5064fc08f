import type { RequestContext } from '../policy/conditions.ts';
import type { Principal } from '../policy/evaluation.ts';
import type { Policy } from '../policy/policy-document.ts';
import type { DeployedResource } from './app/deployed-stack.ts';
import { account, foreignAccount } from './app/place.ts';

/** Somebody who calls AWS. */
export interface Caller {
  /** What it is called in messages. */
  readonly name: string;
  readonly principal: Principal;
  /** What it may do by its own policies. */
  readonly identity: readonly Policy[];
  readonly context: RequestContext;
}

/** On whose behalf a service calls. */
export interface Source {
  /** Value of `aws:SourceArn`; undefined for nobody in particular. */
  readonly arn: string | undefined;
  readonly account: string | undefined;
  /** What else AWS sends with the call. */
  readonly context?: RequestContext;
}

/**
 * Services that are known to send the ARN of their source and not its account: what a policy asks to come
 * from an account may lose what they deliver.
 */
const servicesWithoutAccount = new Set(['apigateway.amazonaws.com', 'sns.amazonaws.com']);

/** A request that comes over TLS, and through no endpoint. */
const direct: RequestContext = {
  'aws:SecureTransport': 'true',
  'aws:SourceVpce': undefined,
  'aws:SourceVpc': undefined,
  'aws:ViaAWSService': 'false',
};

/** Only services call on behalf of something. */
const noSource: RequestContext = { 'aws:SourceArn': undefined, 'aws:SourceAccount': undefined };

const everything: Policy = {
  name: "an administrator's policy",
  statements: [{ Effect: 'Allow', Action: '*', Resource: '*' }],
};

export function service(name: string, source: Source = { arn: undefined, account: undefined }): Caller {
  const whom = source.arn ?? (source.account ? `account ${source.account}` : 'nobody');
  return {
    name: `${name} for ${whom}`,
    principal: { kind: 'service', name },
    identity: [],
    context: {
      ...direct,
      'aws:PrincipalIsAWSService': 'true',
      'aws:PrincipalServiceName': name,
      'aws:SourceArn': source.arn,
      'aws:SourceAccount': servicesWithoutAccount.has(name) ? undefined : source.account,
      ...source.context,
    },
  };
}

/** A role of the app, with the policies that the app gives it. */
export function roleOf(role: DeployedResource, identity: readonly Policy[]): Caller {
  return roleNamed(role.path, role.arn ?? '', role.account, identity);
}

/** A role of the account without a policy of its own. */
export function stranger(owner: string = account): Caller {
  return roleNamed('a role of the account without policies', madeUpRole(owner), owner, []);
}

/** A role of the account that may do everything, as far as its own policies go. */
export function administrator(owner: string): Caller {
  return roleNamed('an administrator of the account', madeUpRole(owner), owner, [everything]);
}

/** A role of another account that may do everything, as far as its own policies go. */
export function outsider(): Caller {
  return roleNamed('an administrator of another account', madeUpRole(foreignAccount), foreignAccount, [
    everything,
  ]);
}

/** Whoever sends requests without signing them. */
export const anybody: Caller = {
  name: 'anybody on the internet',
  principal: { kind: 'anonymous' },
  identity: [],
  context: {
    ...direct,
    ...noSource,
    'aws:PrincipalArn': undefined,
    'aws:PrincipalAccount': undefined,
    'aws:PrincipalIsAWSService': undefined,
  },
};

/** The same caller, whose requests come without TLS. */
export function overPlainHttp(caller: Caller): Caller {
  return {
    ...caller,
    name: `${caller.name} over plain HTTP`,
    context: { ...caller.context, 'aws:SecureTransport': 'false' },
  };
}

function madeUpRole(owner: string): string {
  return `arn:aws:iam::${owner}:role/made-up`;
}

function roleNamed(name: string, arn: string, owner: string, identity: readonly Policy[]): Caller {
  return {
    name,
    principal: { kind: 'role', arn, account: owner },
    identity,
    context: {
      ...direct,
      ...noSource,
      'aws:PrincipalArn': arn,
      'aws:PrincipalAccount': owner,
      'aws:PrincipalIsAWSService': 'false',
    },
  };
}
