import { type RequestAnalysis, runSimulation } from '@cloud-copilot/iam-simulate';
import { forSimulator, fromSimulator } from './encryption-context.ts';
import type { Policy } from './policies.ts';
import { simulatedAction, simulatedStatements } from './task-answers.ts';
import { Verdict } from './verdict.ts';

/** A call that somebody makes of AWS. */
export interface AccessRequest {
  /** Who asks, for messages. */
  readonly caller: string;
  /** Service principal, ARN of a role, or `anonymous` for a request that nobody signed. */
  readonly principal: string;
  readonly action: string;
  /** What is asked for, for messages. */
  readonly target: string;
  readonly resourceArn: string;
  readonly resourceAccount: string;
  /**
   * Every condition key that the request settles: its value, or undefined where AWS would send none. A
   * statement that asks for any other cannot be decided.
   */
  readonly context: Readonly<Record<string, string | undefined>>;
}

/** The policies that decide a request. */
export interface DecidingPolicies {
  readonly identity: readonly Policy[];
  readonly resource: Policy | undefined;
  /** Policy of the endpoint that the request passes, if it passes one. */
  readonly endpoint?: Policy | undefined;
}

/** Why a request cannot be evaluated. */
export type EvaluationFault = 'action does not apply' | 'policy is invalid' | 'request leaves it open';

/** A request or a policy that cannot be evaluated, which is neither allowed nor denied. */
export class EvaluationError extends Error {
  override readonly name = 'EvaluationError';
  readonly fault: EvaluationFault;

  constructor(fault: EvaluationFault, message: string) {
    super(message);
    this.fault = fault;
  }
}

/** Operators of AWS's policy grammar, without set operators and `IfExists`. */
const operators = new Set(
  [
    'Null',
    'Bool',
    'BinaryEquals',
    ...['IpAddress', 'NotIpAddress'],
    ...['Arn', 'String'].flatMap(type =>
      ['Equals', 'NotEquals', 'Like', 'NotLike'].map(test => `${type}${test}`),
    ),
    ...['StringEqualsIgnoreCase', 'StringNotEqualsIgnoreCase'],
    ...['Date', 'Numeric'].flatMap(type =>
      ['Equals', 'NotEquals', 'LessThan', 'LessThanEquals', 'GreaterThan', 'GreaterThanEquals'].map(
        test => `${type}${test}`,
      ),
    ),
  ].map(operator => operator.toLowerCase()),
);

/**
 * Decides a request as IAM would.
 *
 * Stricter than the simulator that it asks: a statement that would apply but for a condition whose
 * operator does not exist, or whose key the request says nothing of, is an error and not a silent
 * mismatch (or, with a negated operator, a silent match).
 *
 * @throws EvaluationError
 */
export async function evaluate(
  request: AccessRequest,
  { identity, resource, endpoint }: DecidingPolicies,
): Promise<Verdict> {
  const what = `${request.caller} asks for ${request.action} on ${request.target}`;
  const context = forSimulator(request.context, request.action);
  const documentOf = (statements: Policy['statements']) =>
    forSimulator(
      { Version: '2012-10-17', Statement: simulatedStatements(statements, request.action) },
      request.action,
    );
  const given = Object.entries(context).filter((entry): entry is [string, string] => entry[1] !== undefined);
  const outcome = await runSimulation(
    {
      request: {
        principal: request.principal === 'anonymous' ? { type: 'Anonymous' } : request.principal,
        action: simulatedAction(request.action),
        resource: { resource: request.resourceArn, accountId: request.resourceAccount },
        contextVariables: Object.fromEntries(given),
      },
      identityPolicies: identity.map(({ name, statements }) => ({ name, policy: documentOf(statements) })),
      ...(resource && { resourcePolicy: documentOf(resource.statements) }),
      ...(endpoint && {
        vpcEndpointPolicies: [{ name: endpoint.name, policy: documentOf(endpoint.statements) }],
      }),
      serviceControlPolicies: [],
      resourceControlPolicies: [],
    },
    { simulationMode: 'Strict' },
  );
  if (outcome.resultType === 'error') {
    const fault = inapplicable.has(outcome.errors.message) ? 'action does not apply' : 'policy is invalid';
    throw new EvaluationError(fault, `${what}: ${fault}: ${JSON.stringify(outcome.errors)}`);
  }
  if (outcome.resultType === 'wildcard') {
    throw new EvaluationError(
      'action does not apply',
      `${what}: ${request.resourceArn} has a wildcard; ask for one resource.`,
    );
  }
  const { analysis, ignoredContextKeys = [] } = outcome.result;
  if (ignoredContextKeys.length > 0) {
    throw new EvaluationError(
      'request leaves it open',
      `${what}: AWS does not send ${ignoredContextKeys.join(', ')} with this action.`,
    );
  }
  const settled = new Set(Object.keys(context).map(key => key.toLowerCase()));
  const statements = statementsOf(analysis, resource);
  for (const statement of statements) {
    if (statement.applies) requireDecidable(statement, settled, what);
  }
  return new Verdict({
    request: { caller: request.caller, action: request.action, target: request.target },
    outcome: analysis.result,
    decisive: statements
      .filter(({ decides }) => decides)
      .map(statement => ({
        policy: statement.policy,
        index: statement.analysis.statement.index(),
        text: describe(statement),
      })),
    nearMisses: statements
      .filter(({ applies, decides, allows }) => allows && applies && !decides)
      .map(statement => `${describe(statement)}: ${failedConditions(statement)}`),
    policies: [...identity, resource, endpoint].flatMap(policy => policy?.name ?? []),
  });
}

/** What the simulator answers when an action is never asked of such a resource. */
const inapplicable = new Set(['no.resource.types', 'must.use.wildcard']);

type StatementAnalysis = NonNullable<RequestAnalysis['resourceAnalysis']>['allowStatements'][number];

interface EvaluatedStatement {
  readonly policy: string;
  readonly analysis: StatementAnalysis;
  readonly allows: boolean;
  /** Whether action, principal and resource are those of the request, so that conditions decide. */
  readonly applies: boolean;
  /** Whether it is one of those that gave the request its verdict. */
  readonly decides: boolean;
}

function statementsOf(
  { identityAnalysis, resourceAnalysis, endpointAnalysis, result }: RequestAnalysis,
  resource: Policy | undefined,
): readonly EvaluatedStatement[] {
  const ofPolicy = (analyses: typeof identityAnalysis | typeof resourceAnalysis, resourcePolicy?: string) =>
    [
      ...(analyses?.allowStatements ?? []),
      ...(analyses?.denyStatements ?? []),
      ...(analyses?.unmatchedStatements ?? []),
    ].map(analysis => {
      const allows = analysis.statement.isAllow();
      return {
        policy: resourcePolicy ?? analysis.policyId,
        analysis,
        allows,
        applies: analysis.actionMatch && analysis.resourceMatch && analysis.principalMatch !== 'NoMatch',
        decides:
          analysis.explain.matches &&
          (allows ? result === 'Allowed' : result === 'ExplicitlyDenied') &&
          analysis.principalMatch !== 'NoMatch',
      };
    });
  return [
    ...ofPolicy(identityAnalysis),
    ...ofPolicy(resourceAnalysis, resource?.name),
    ...ofPolicy(endpointAnalysis),
  ];
}

function requireDecidable(statement: EvaluatedStatement, settled: ReadonlySet<string>, what: string): void {
  for (const condition of statement.analysis.statement.conditions()) {
    const operation = condition.operation();
    if (!operators.has(operation.baseOperator().toLowerCase())) {
      throw new EvaluationError(
        'policy is invalid',
        `${what}: ${describe(statement)} has the operator ${operation.value()}, which IAM does not know.`,
      );
    }
    if (!settled.has(condition.conditionKey().toLowerCase())) {
      throw new EvaluationError(
        'request leaves it open',
        `${what}: ${describe(statement)} asks for ${fromSimulator(condition.conditionKey())}, of which the request says nothing. ` +
          'Give its value in the context of the request, or undefined where AWS would send none.',
      );
    }
  }
}

function describe({ policy, analysis: { statement } }: EvaluatedStatement): string {
  const sid = statement.sid();
  const name = sid ? `"${sid}"` : `${statement.index()}`;
  return `statement ${name} of the ${policy} ${fromSimulator(JSON.stringify(statement.toJSON()))}`;
}

function failedConditions({ analysis }: EvaluatedStatement): string {
  const failed = (analysis.explain.conditions ?? []).filter(({ matches }) => !matches);
  return failed
    .map(({ operator, conditionKeyValue, values, resolvedConditionKeyValue }) => {
      const wanted = [values].flat().map(({ value }) => value);
      return `${operator} ${fromSimulator(conditionKeyValue)} wants ${wanted.join(' or ')}, the request has ${resolvedConditionKeyValue ?? 'none'}`;
    })
    .join('; ');
}
