import { isWildcardOnlyAction } from '@cloud-copilot/iam-simulate';
import type { Target } from './caller.ts';
import type { DeployedResource } from './deployed-stack.ts';
import { identityPoliciesOf, listOf, type PolicyStatement, UnreadablePolicyError } from './policies.ts';
import { neighbourOf, type PolicyWorld } from './policy-world.ts';
import { partsOf, unlessInapplicable } from './targets.ts';

/**
 * Actions that a role may do, by the path of the resource; `*` for those that no resource can be named for.
 * One that it may do by way of a service alone has that behind it: `kms:Decrypt by s3.eu-west-1.amazonaws.com`;
 * one that it may do in an encryption context alone, that context: `kms:Decrypt in field=card_token order_id=*`.
 */
export type Reach = Readonly<Record<string, readonly string[]>>;

/**
 * Everything that a role may do in its account, with the resources of the app and with others like them.
 *
 * On each resource, every action is tried that a policy of the role, or the policy on the resource,
 * allows by name: what is not tried is allowed by no statement.
 *
 * @throws UnreadablePolicyError when the role's policies allow actions by pattern, or something that is
 * not in the app, so that not all of it would be seen.
 */
export async function reachOf(role: DeployedResource, world: PolicyWorld): Promise<Reach> {
  const granted = identityPoliciesOf(role, world.resources).flatMap(({ name, statements }) =>
    statements
      .map((statement, index) => ({ name, statement, id: `${index + 1} ${name}` }))
      .filter(({ statement }) => statement.Effect === 'Allow'),
  );
  for (const { name, statement } of granted) requireNamedActions(name, statement);

  const caller = world.role(role);
  const reach = new Map<string, Set<string>>();
  const decisive = new Set<string>();
  const intermediaries = conditionValuesIn(granted, 'kms:ViaService');
  const receivers = conditionValuesIn(granted, 'iam:PassedToService');
  const senders = conditionValuesIn(granted, 'ses:FromAddress');
  const ask = async (action: string, target: Target, contexts: readonly EncryptionContext[] = []) => {
    const ways = [
      { way: caller, as: action },
      // Services call KMS on the way, and nothing else.
      ...(action.startsWith('kms:') ? intermediaries : []).map(endpoint => ({
        way: caller.by(endpoint),
        as: `${action} by ${endpoint}`,
      })),
      ...contexts.map(context => ({ way: caller.with(context), as: `${action} in ${inWords(context)}` })),
      ...(action === 'iam:PassRole' ? receivers : []).map(service => ({
        way: caller.with({ 'iam:PassedToService': service }, `to ${service}`),
        as: `${action} to ${service}`,
      })),
      ...(action.startsWith('ses:Send') ? senders : []).map(address => ({
        way: caller.with({ 'ses:FromAddress': address }, `from ${address}`),
        as: `${action} from ${address}`,
      })),
    ];
    for (const { way, as } of ways) {
      const verdict = await unlessInapplicable(way.may(action, target));
      if (!verdict?.allowed) continue;
      reach.set(target.path, (reach.get(target.path) ?? new Set()).add(as));
      for (const { policy, index } of verdict.decisive) decisive.add(`${index} ${policy}`);
      return;
    }
  };

  const unspecific = await actionsWithoutResources(granted.map(({ statement }) => statement));
  for (const action of unspecific) await ask(action, { path: '*', arn: '*', account: role.account });
  const resources = world.resources.filter(({ arn }) => arn !== undefined);
  const statementsGranted = granted.map(({ statement }) => statement);
  const targets = [
    ...[...resources, ...resources.map(neighbourOf)].flatMap(partsOf),
    ...foldersIn(statementsGranted, world),
    ...assetsIn(statementsGranted, role),
    ...queuesMadeLater(statementsGranted, role),
    ...interfacesMadeLater(statementsGranted, role),
    ...schedulesMadeLater(statementsGranted, role, world),
    ...executionsMadeLater(statementsGranted, role, world),
    ...mailsIn(statementsGranted, role),
    ...cataloguedIn(statementsGranted, role),
  ];
  for (const target of targets) {
    const statements = [
      ...granted.map(({ statement }) => statement).filter(statement => isAbout(statement, target)),
      ...admissionsOf(target, world),
    ];
    const actions = new Set(statements.flatMap(({ Action }) => listOf(Action)));
    for (const action of actions) {
      if (isAskedOf(action, target)) await ask(action, target, contextsIn(statements));
    }
  }
  for (const { name, statement, id } of granted) {
    if (!decisive.has(id)) {
      throw new UnreadablePolicyError(
        `${name} allows what is not in this app: ${JSON.stringify(statement)}. Name a resource of the app, or ` +
          'ask for it with Caller.may().',
      );
    }
  }
  return Object.fromEntries(
    [...reach].sort(([a], [b]) => a.localeCompare(b)).map(([path, allowed]) => [path, [...allowed].sort()]),
  );
}

/** What statements ask of a condition key: who calls are made by, whom a role is passed to, whose mail it is. */
function conditionValuesIn(
  granted: readonly { readonly statement: PolicyStatement }[],
  key: 'kms:ViaService' | 'iam:PassedToService' | 'ses:FromAddress',
): readonly string[] {
  const named = granted
    .flatMap(({ statement: { Condition } }) => Object.values(Condition ?? {}))
    .flatMap(condition => listOf(condition[key]));
  return [...new Set(named)];
}

type EncryptionContext = Readonly<Record<string, string>>;

const contextKey = 'kms:EncryptionContext:';

/** Encryption contexts that statements ask for, with `*` for a value that may be any. */
function contextsIn(statements: readonly PolicyStatement[]): readonly EncryptionContext[] {
  return statements
    .map(({ Condition }) =>
      Object.values(Condition ?? {})
        .flatMap(Object.entries)
        .filter(([key]) => key.startsWith(contextKey))
        .map(([key, value]) => [key, listOf(value as string)[0] === '?*' ? '*' : listOf(value as string)[0]]),
    )
    .filter(pairs => pairs.length > 0)
    .map(pairs => Object.fromEntries(pairs) as EncryptionContext);
}

function inWords(context: EncryptionContext): string {
  return Object.entries(context)
    .map(([key, value]) => `${key.slice(contextKey.length)}=${value}`)
    .sort()
    .join(' ');
}

/** Folders in buckets of the app that statements name, `incoming/*`, with an object in each. */
function foldersIn(statements: readonly PolicyStatement[], world: PolicyWorld): readonly Target[] {
  const named = new Set(statements.flatMap(({ Resource }) => listOf(Resource)));
  return [...named].flatMap(pattern => {
    const [, bucketArn, folder] = /^(arn:aws:s3:::[^/]+)\/(.+\/)\*$/.exec(pattern) ?? [];
    const bucket = world.referredTo(bucketArn);
    if (bucket === undefined) return [];
    const { path, account } = bucket;
    return [{ path: `${path}/${folder}*`, arn: `${bucketArn}/${folder}any`, account }];
  });
}

/**
 * The assets that statements name: objects and images that the CDK puts into a bucket and a repository
 * of its own, which are no app's. Those alone that are named: a permission for all of them names none.
 */
function assetsIn(
  statements: readonly PolicyStatement[],
  { account, region }: DeployedResource,
): readonly Target[] {
  const named = new Set(statements.flatMap(({ Resource }) => listOf(Resource)));
  const places = {
    'a file asset': new RegExp(`^arn:aws:s3:::cdk-[a-z0-9]+-assets-${account}-${region}/[\\w.]+$`),
    'the image assets': new RegExp(
      `^arn:aws:ecr:${region}:${account}:repository/cdk-[a-z0-9]+-container-assets-${account}-${region}$`,
    ),
  };
  return Object.entries(places).flatMap(([path, form]) =>
    [...named].filter(arn => form.test(arn)).map(arn => ({ path, arn, account })),
  );
}

/**
 * Queues that programs make when they run, named after their stack and what they are for, with an id at the
 * end that nobody knows before: those alone whose names begin so.
 */
function queuesMadeLater(
  statements: readonly PolicyStatement[],
  { account, region, stackName }: DeployedResource,
): readonly Target[] {
  const form = new RegExp(`^arn:aws:sqs:${region}:${account}:(${stackName}-[\\w-]+-)\\*$`);
  const prefixes = statements.flatMap(({ Resource }) =>
    listOf(Resource).flatMap(pattern => form.exec(pattern)?.[1] ?? []),
  );
  return [...new Set(prefixes)].map(prefix => ({
    path: `queues made later: ${prefix}*`,
    arn: `arn:aws:sqs:${region}:${account}:${prefix}made-later`,
    account,
  }));
}

/** Network interfaces that Lambda makes when it polls: they have no name before. */
function interfacesMadeLater(
  statements: readonly PolicyStatement[],
  { account, region }: DeployedResource,
): readonly Target[] {
  const arn = `arn:aws:ec2:${region}:${account}:network-interface/`;
  return statements.some(({ Resource }) => listOf(Resource).includes(`${arn}*`))
    ? [{ path: 'network interfaces made later', arn: `${arn}eni-made-later`, account }]
    : [];
}

/** Schedules that programs make when they run: those of a group of the app alone. */
function schedulesMadeLater(
  statements: readonly PolicyStatement[],
  { account, region }: DeployedResource,
  world: PolicyWorld,
): readonly Target[] {
  const form = new RegExp(`^arn:aws:scheduler:${region}:${account}:schedule/([^/*]+)/\\*$`);
  const groups = statements.flatMap(({ Resource }) =>
    listOf(Resource).flatMap(pattern => world.referredTo(form.exec(pattern)?.[1]) ?? []),
  );
  return [...new Set(groups)].map(({ path, name }) => ({
    path: `schedules made later: ${path}`,
    arn: `arn:aws:scheduler:${region}:${account}:schedule/${name}/made-later`,
    account,
  }));
}

/** Executions that programs start: those of a state machine of the app alone. */
function executionsMadeLater(
  statements: readonly PolicyStatement[],
  { account, region }: DeployedResource,
  world: PolicyWorld,
): readonly Target[] {
  const form = new RegExp(`^arn:aws:states:${region}:${account}:execution:([^:*]+):\\*$`);
  const names = statements.flatMap(({ Resource }) =>
    listOf(Resource).flatMap(pattern => form.exec(pattern)?.[1] ?? []),
  );
  return world
    .ofType('AWS::StepFunctions::StateMachine')
    .filter(({ name }) => names.includes(name))
    .map(({ path, name }) => ({
      path: `executions made later: ${path}`,
      arn: `arn:aws:states:${region}:${account}:execution:${name}:made-later`,
      account,
    }));
}

/**
 * Identities and templates of mails that statements name: a person verifies the one, the other goes by its name.
 * Of `identity/*`, one that nobody knows before.
 */
function mailsIn(
  statements: readonly PolicyStatement[],
  { account, region }: DeployedResource,
): readonly Target[] {
  const form = new RegExp(`^arn:aws:ses:${region}:${account}:(identity/(?:\\*|[^*]+)|template/[^*]+)$`);
  const named = new Set(statements.flatMap(({ Resource }) => listOf(Resource)));
  return [...named].flatMap(arn => {
    const [, path] = form.exec(arn) ?? [];
    return path === undefined
      ? []
      : [{ path: `ses ${path}`, arn: arn.replace('*', 'jane@example.org'), account }];
  });
}

/** What statements name in the catalogue of Glue, which is one for an account and region, and no app's. */
function cataloguedIn(
  statements: readonly PolicyStatement[],
  { account, region }: DeployedResource,
): readonly Target[] {
  const form = new RegExp(
    `^arn:aws:glue:${region}:${account}:(catalog|database/[^*/]+|table/[^*/]+/[^*/]+)$`,
  );
  const named = new Set(statements.flatMap(({ Resource }) => listOf(Resource)));
  return [...named].flatMap(arn => {
    const [, path] = form.exec(arn) ?? [];
    return path === undefined ? [] : [{ path: `glue ${path}`, arn, account }];
  });
}

function requireNamedActions(policy: string, statement: PolicyStatement): void {
  const patterns = listOf(statement.Action).filter(isPattern);
  if (statement.NotAction || statement.NotResource || patterns.length > 0) {
    throw new UnreadablePolicyError(
      `${policy} allows by pattern: ${JSON.stringify(statement)}. Name every action that the role needs, and the ` +
        'resources that it needs them on.',
    );
  }
}

/** What the policy on a resource lets roles do by itself. */
function admissionsOf(target: Target, world: PolicyWorld): readonly PolicyStatement[] {
  const policy = world.resourcePolicyOf(target);
  const admissions = (policy?.statements ?? []).filter(
    statement => statement.Effect === 'Allow' && admitsRoles(statement),
  );
  for (const statement of admissions) requireNamedActions(policy?.name ?? '', statement);
  return admissions;
}

/** To admit the account is not to admit its roles: their own policies then decide. */
function admitsRoles({ Principal, NotPrincipal }: PolicyStatement): boolean {
  if (NotPrincipal !== undefined || Principal === '*') return true;
  return listOf(Principal?.AWS).some(principal => !/^(\d{12}|arn:aws:iam::\d{12}:root)$/.test(principal));
}

function isAbout({ Resource }: PolicyStatement, { arn = '' }: Target): boolean {
  return listOf(Resource).some(pattern => {
    const literal = pattern.replaceAll(/[.+^${}()|[\]\\]/g, '\\$&');
    return new RegExp(`^${literal.replaceAll('*', '.*').replaceAll('?', '.')}$`).test(arn);
  });
}

function isPattern(action: string): boolean {
  return /[*?]/.test(action);
}

/** The actions that are for no resource in particular. */
async function actionsWithoutResources(statements: readonly PolicyStatement[]): Promise<readonly string[]> {
  const actions = [...new Set(statements.flatMap(({ Action }) => listOf(Action)))];
  const unspecific = await Promise.all(
    actions.map(action => {
      const [service = '', name = ''] = action.split(':');
      return isWildcardOnlyAction(service, name);
    }),
  );
  return actions.filter((_, index) => unspecific[index]);
}

/** Actions are asked of their own service's resources; to assume a role is asked of another. */
function isAskedOf(action: string, { arn }: Target): boolean {
  const [service] = action.split(':');
  return arn?.split(':')[2] === (service === 'sts' ? 'iam' : service);
}
