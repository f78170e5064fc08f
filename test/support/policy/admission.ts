import { foreignAccount } from './account.ts';
import type { Caller, Target } from './caller.ts';
import type { DeployedResource } from './deployed-stack.ts';
import { listOf, type PolicyStatement } from './policies.ts';
import type { PolicyWorld } from './policy-world.ts';
import { partsOf, unlessInapplicable } from './targets.ts';

/** An action of each pattern that stands for all of a service's. */
const examples: Readonly<Record<string, string>> = {
  'kms:*': 'kms:Decrypt',
  's3:*': 's3:GetObject',
  'sns:*': 'sns:Publish',
  'sqs:*': 'sqs:SendMessage',
};

/**
 * What is wrong with whom the policy on a resource lets in: everyone, another account, or a service for
 * whoever asks it to. Each as `open: reason`.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html
 */
export async function admissionFaults(
  resource: DeployedResource,
  world: PolicyWorld,
): Promise<readonly string[]> {
  const policy = world.resourcePolicyOf(resource);
  const faults: string[] = [];
  for (const statement of policy?.statements ?? []) {
    if (isForEveryone(statement) && !statement.Condition && !forbidsDeletion(statement)) {
      faults.push(`open: the ${policy?.name} is for everyone, on no condition: ${JSON.stringify(statement)}`);
    }
    if (statement.Effect === 'Deny') continue;
    const context = encryptionContextOf(statement);
    const inContext = (caller: Caller) =>
      Object.keys(context).length > 0 ? caller.with(context, 'in the same encryption context') : caller;
    const callers = [
      ...foreignServices(statement, resource, world),
      world.stranger(),
      world.outsider(),
      world.anybody(),
    ];
    for (const action of listOf(statement.Action)) {
      const example = examples[action] ?? action.replace(/\*$/, '');
      for (const caller of callers) faults.push(...(await allowances(inContext(caller), example, resource)));
    }
  }
  return faults;
}

/** The encryption context that a statement asks for, which others can give as well. */
function encryptionContextOf({ Condition }: PolicyStatement): Readonly<Record<string, string>> {
  const asked = Object.values(Condition ?? {})
    .flatMap(Object.entries)
    .filter(([key]) => key.startsWith('kms:EncryptionContext:'))
    .map(([key, value]) => [key, listOf(value as string)[0] ?? '']);
  return Object.fromEntries(asked);
}

/** Shuts nobody out of what a resource is for. */
function forbidsDeletion({ Effect, Action }: PolicyStatement): boolean {
  return (
    Effect === 'Deny' && listOf(Action).every(action => /^s3:(Delete|BypassGovernance)\w+$/.test(action))
  );
}

function isForEveryone({ Principal }: PolicyStatement): boolean {
  return Principal === '*' || listOf(Principal?.AWS).includes('*');
}

/** The services that the statement lets in, on behalf of nobody and of another account. */
function foreignServices(
  { Principal }: PolicyStatement,
  { type, region }: DeployedResource,
  world: PolicyWorld,
): readonly Caller[] {
  // A service assumes a role because it was passed to it, which takes a permission of its own.
  if (type === 'AWS::IAM::Role' || Principal === '*') return [];
  return listOf(Principal?.Service).flatMap(service => {
    const arn = `arn:aws:${service.split('.')[0]}:${region}:${foreignAccount}:neighbour`;
    return [world.service(service), world.service(service, { arn, account: foreignAccount })];
  });
}

async function allowances(caller: Caller, action: string, resource: Target): Promise<readonly string[]> {
  const verdicts = await Promise.all(
    partsOf(resource).map(part => unlessInapplicable(caller.may(action, part))),
  );
  if (verdicts.every(verdict => verdict === undefined)) {
    return [`unseen: the policy of ${resource.path} allows ${action}, which is never asked of it`];
  }
  return verdicts.filter(verdict => verdict?.allowed).map(verdict => `open: ${verdict}`);
}
