import { meets, type RequestContext } from './conditions.ts';
import { like, resourceLike, same } from './pattern.ts';
import { listOf, type Policy, type PolicyStatement } from './policy-document.ts';
import { every, not, some, type Ternary } from './ternary.ts';

/** Who asks. */
export type Principal =
  | { readonly kind: 'service'; readonly name: string }
  | { readonly kind: 'role'; readonly arn: string; readonly account: string }
  /** Whoever sends requests without signing them. */
  | { readonly kind: 'anonymous' };

/** A call that somebody makes of AWS. */
export interface AccessRequest {
  readonly principal: Principal;
  readonly action: string;
  readonly resource: { readonly arn: string; readonly account: string };
  readonly context: RequestContext;
}

/** The policies that decide a request. */
export interface DecidingPolicies {
  /** Those of the role that asks. */
  readonly identity: readonly Policy[];
  /** That of the resource; undefined where it has none. */
  readonly resource: Policy | undefined;
}

/** A statement that gave a verdict, or that left it open. */
export interface DecisiveStatement {
  readonly policy: string;
  readonly statement: PolicyStatement;
}

/** What IAM would answer, as far as it is known. */
export interface Verdict {
  /** Whether the request passes. */
  readonly allowed: Ternary;
  /** Whether a statement forbids it, whatever else allows it. */
  readonly forbidden: Ternary;
  /** Statements that allow it, forbid it, or cannot be decided. */
  readonly decisive: readonly DecisiveStatement[];
}

interface Match extends DecisiveStatement {
  readonly effect: 'Allow' | 'Deny';
  readonly matches: Ternary;
  /** Whether it names the account alone, so that the account's own policies decide. */
  readonly delegates: boolean;
}

/**
 * Decides a request as IAM does, in the grammar that policies here are written in. Whatever is beyond it
 * (`NotPrincipal`, other operators, policy variables, keys of which nothing is known) leaves the answer
 * open where it would decide it, and is never taken for a pass.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
 */
export function evaluate(request: AccessRequest, { identity, resource }: DecidingPolicies): Verdict {
  const own = identity.flatMap(policy => matchesOf(policy, request, 'identity'));
  const onResource = resource ? matchesOf(resource, request, 'resource') : [];
  const all = [...own, ...onResource];
  const forbidden = some(all, ({ effect, matches }) => (effect === 'Deny' ? matches : 'no'));
  const admitted = admission(request, own, onResource);
  const allowed = every([admitted, not(forbidden)], answer => answer);
  return { allowed, forbidden, decisive: decisiveOf(all, allowed, forbidden) };
}

function admission(request: AccessRequest, own: readonly Match[], onResource: readonly Match[]): Ternary {
  const byOwnPolicy = some(own, allowing);
  const byName = some(onResource, match => (match.delegates ? 'no' : allowing(match)));
  const { principal, action, resource } = request;
  if (principal.kind !== 'role') return byName;
  const byResource = some(onResource, allowing);
  if (principal.account !== resource.account) return every([byOwnPolicy, byResource], answer => answer);
  if (!asksResourceAlways(action)) return some([byOwnPolicy, byName], answer => answer);
  return some([byName, every([byOwnPolicy, byResource], answer => answer)], answer => answer);
}

/** A key and a role let in nobody whom their own policy does not, the policies of the account notwithstanding. */
function asksResourceAlways(action: string): boolean {
  return /^(kms|sts):/i.test(action);
}

function allowing({ effect, matches }: Match): Ternary {
  return effect === 'Allow' ? matches : 'no';
}

function decisiveOf(all: readonly Match[], allowed: Ternary, forbidden: Ternary): DecisiveStatement[] {
  return all
    .filter(({ effect, matches }) => {
      if (matches === 'no') return false;
      if (forbidden === 'yes') return effect === 'Deny' && matches === 'yes';
      if (allowed === 'unknown') return matches === 'unknown';
      return allowed === 'yes' && effect === 'Allow' && matches === 'yes';
    })
    .map(({ policy, statement }) => ({ policy, statement }));
}

function matchesOf(
  { name, statements }: Policy,
  request: AccessRequest,
  kind: 'identity' | 'resource',
): readonly Match[] {
  return statements.map(statement => {
    const whom = kind === 'identity' ? anyone : principalMatch(statement, request);
    const parts: readonly (() => Ternary)[] = [
      () => whom.matches,
      () => actionMatch(statement, request.action),
      // The trust policy of a role is about that role, and says so nowhere.
      () =>
        kind === 'resource' && isTrust(statement) ? 'yes' : resourceMatch(statement, request.resource.arn),
      () => meets(statement.Condition, request.context),
    ];
    return {
      policy: name,
      statement,
      effect: statement.Effect,
      matches: every(parts, part => part()),
      delegates: whom.delegates,
    };
  });
}

const anyone = { matches: 'yes', delegates: false } as const;

function isTrust({ Resource, NotResource }: PolicyStatement): boolean {
  return Resource === undefined && NotResource === undefined;
}

/** Actions differ in no case. */
function actionMatch({ Action, NotAction }: PolicyStatement, action: string): Ternary {
  const asked = (pattern: string) => like(pattern.toLowerCase(), action.toLowerCase());
  return NotAction === undefined ? some(listOf(Action), asked) : not(some(listOf(NotAction), asked));
}

function resourceMatch({ Resource, NotResource }: PolicyStatement, arn: string): Ternary {
  const asked = (pattern: string) => resourceLike(pattern, arn);
  return NotResource === undefined ? some(listOf(Resource), asked) : not(some(listOf(NotResource), asked));
}

function principalMatch(
  { Principal, NotPrincipal }: PolicyStatement,
  { principal }: AccessRequest,
): { readonly matches: Ternary; readonly delegates: boolean } {
  if (NotPrincipal !== undefined) return { matches: 'unknown', delegates: false };
  if (Principal === '*') return anyone;
  if (Principal === undefined) return { matches: 'no', delegates: false };
  const named = listOf(Principal.AWS);
  if (named.includes('*')) return anyone;
  if (principal.kind === 'anonymous') return { matches: 'no', delegates: false };
  if (principal.kind === 'service') {
    return { matches: some(listOf(Principal.Service), name => same(name, principal.name)), delegates: false };
  }
  const byName = some(named, name => same(name, principal.arn));
  const account = new RegExp(`^(${principal.account}|arn:[a-z-]+:iam::${principal.account}:root)$`);
  const delegates = byName === 'no' && named.some(name => account.test(name));
  return { matches: delegates ? 'yes' : byName, delegates };
}
