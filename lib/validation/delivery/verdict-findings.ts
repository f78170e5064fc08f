import type { Verdict } from '../policy/evaluation.ts';
import type { DeployedResource } from './app/deployed-stack.ts';
import type { Caller } from './callers.ts';
import { overPlainHttp } from './callers.ts';
import type { DeliveryFinding } from './edge.ts';
import { ask, type Call, inJson, type Proof } from './questions.ts';

/** What a finding is about, and what would mend it. */
export interface Expectation {
  readonly edge: string;
  readonly call: Call;
  readonly caller: Caller;
  /** The statement that lets the caller in. */
  readonly grant: object;
  /** Whose policy the statement belongs in. */
  readonly grantIn: DeployedResource;
}

/** Finds whether the caller is let in; if not, says which statement is missing, or which denies it. */
export function blockedOrUnseen(proof: Proof, expected: Expectation): readonly DeliveryFinding[] {
  const { edge, call, caller, grant, grantIn } = expected;
  const verdict = ask(proof, caller, call);
  if (verdict.allowed === 'yes') return [];
  const what = `${caller.name} may not ${call.action} on ${call.target.path}`;
  if (verdict.allowed === 'unknown') return [undecided(edge, call.target, `${what} for sure`, verdict)];
  if (verdict.forbidden === 'yes') {
    return [
      {
        kind: 'blocked',
        edge,
        at: call.target,
        problem: `${what}: ${statementsIn(verdict)} forbids it.`,
        statement: statementsIn(verdict),
        fix: `Except this delivery from the denial, or remove the denial.`,
      },
    ];
  }
  const property = grantIn.type === 'AWS::KMS::Key' ? 'KeyPolicy' : 'policy';
  return [
    {
      kind: 'blocked',
      edge,
      at: grantIn,
      problem: `${what}: no statement allows it.`,
      statement: inJson(grant),
      fix: `Add to the ${property} of ${grantIn.path}: ${inJson(grant)}`,
    },
  ];
}

/** Finds who else is let in, one finding for all of them. */
export function openOrUnseen(
  proof: Proof,
  edge: string,
  intruders: readonly Caller[],
  call: Call,
  at: DeployedResource,
  fix: string,
): readonly DeliveryFinding[] {
  const verdicts = intruders.map(caller => ({ caller, verdict: ask(proof, caller, call) }));
  const admitted = verdicts.filter(({ verdict }) => verdict.allowed === 'yes');
  const [first] = admitted;
  if (first) {
    const names = admitted.map(({ caller }) => caller.name).join('; ');
    const statements = statementsIn(first.verdict);
    return [
      {
        kind: 'open',
        edge,
        at,
        problem: `${call.action} on ${call.target.path} is allowed to ${names}, by ${statements}.`,
        statement: statements,
        fix,
      },
    ];
  }
  const open = verdicts.find(({ verdict }) => verdict.allowed === 'unknown');
  if (!open) return [];
  return [
    undecided(
      edge,
      at,
      `Whether ${open.caller.name} may ${call.action} on ${call.target.path} cannot be seen`,
      open.verdict,
    ),
  ];
}

/** Finds whether the caller, let in over TLS, is let in without it. */
export function plaintextOrUnseen(
  proof: Proof,
  edge: string,
  caller: Caller,
  call: Call,
): readonly DeliveryFinding[] {
  const verdict = ask(proof, overPlainHttp(caller), call);
  if (verdict.forbidden === 'yes') return [];
  if (verdict.forbidden === 'unknown') {
    const what = `Whether ${call.target.path} refuses ${call.action} without TLS cannot be seen`;
    return [undecided(edge, call.target, what, verdict)];
  }
  const [service = ''] = call.action.split(':');
  const { arn = '' } = call.target;
  const denial = inJson({
    Effect: 'Deny',
    Principal: '*',
    // SNS refuses a policy that says `sns:*`.
    Action: service === 'sns' ? call.action : `${service}:*`,
    Resource: service === 's3' ? [arn, `${arn}/*`] : arn,
    Condition: { Bool: { 'aws:SecureTransport': 'false' } },
  });
  return [
    {
      kind: 'plaintext',
      edge,
      at: call.target,
      problem: `${call.target.path} takes ${call.action} without TLS.`,
      statement: denial,
      fix: `Set enforceSSL, or add to the policy of ${call.target.path}: ${denial}`,
    },
  ];
}

function undecided(edge: string, at: DeployedResource, what: string, { decisive }: Verdict): DeliveryFinding {
  const statements = decisive
    .map(({ policy, statement }) => `${inJson(statement)} in the ${policy}`)
    .join(' and ');
  return {
    kind: 'unseen',
    edge,
    at,
    problem: `${what}: it depends on ${statements}.`,
    statement: statements,
    fix: 'Write the statement without what only the deployment knows, or acknowledge the finding and say why it holds.',
  };
}

function statementsIn({ decisive }: Verdict): string {
  return decisive.map(({ policy, statement }) => `${inJson(statement)} in the ${policy}`).join(' and ');
}
