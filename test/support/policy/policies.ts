import type { DeployedResource } from './deployed-stack.ts';

type OneOrMore<T> = T | readonly T[];

/** A statement of a policy, every reference in it resolved. */
export interface PolicyStatement {
  readonly Sid?: string;
  readonly Effect: 'Allow' | 'Deny';
  readonly Principal?: '*' | Readonly<Record<string, OneOrMore<string>>>;
  readonly NotPrincipal?: '*' | Readonly<Record<string, OneOrMore<string>>>;
  readonly Action?: OneOrMore<string>;
  readonly NotAction?: OneOrMore<string>;
  readonly Resource?: OneOrMore<string>;
  readonly NotResource?: OneOrMore<string>;
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, OneOrMore<string>>>>>;
}

/** A policy and what it is the policy of. */
export interface Policy {
  readonly name: string;
  readonly statements: readonly PolicyStatement[];
}

/** A policy that the tests cannot read, and would otherwise have to pass over. */
export class UnreadablePolicyError extends Error {
  override readonly name = 'UnreadablePolicyError';
}

/** What a value of a policy says once or several times. */
export function listOf<T>(values: OneOrMore<T> | undefined): readonly T[] {
  if (values === undefined) return [];
  return Array.isArray(values) ? values : [values as T];
}

/** Policies that are resources of their own, with the property that names what they are attached to. */
const attachedPolicies: Readonly<Record<string, string>> = {
  'AWS::S3::BucketPolicy': 'Bucket',
  'AWS::SNS::TopicInlinePolicy': 'TopicArn',
  'AWS::SNS::TopicPolicy': 'Topics',
  'AWS::SQS::QueueInlinePolicy': 'Queue',
  'AWS::SQS::QueuePolicy': 'Queues',
};

/**
 * The policy on a resource: who may do what with it. That of a role is its trust policy; the
 * permissions of a function are one policy.
 *
 * @throws UnreadablePolicyError when there are two where AWS keeps one, or one cannot be read.
 */
export function resourcePolicyOf(
  resource: DeployedResource,
  app: readonly DeployedResource[],
): Policy | undefined {
  const name = `policy of ${resource.path}`;
  const own = ownPolicyOf(resource);
  if (own) return policyFrom(name, own);

  const attached = app.filter(candidate => isAttachedTo(candidate, resource));
  if (attached.length > 1) {
    throw new UnreadablePolicyError(
      `${resource.path} has ${attached.length} policies (${attached.map(({ path }) => path).join(', ')}), and ` +
        'AWS keeps the one that is written last. Make them one.',
    );
  }
  if (attached[0]) return policyFrom(name, attached[0].property('PolicyDocument'));

  const permissions = app.filter(candidate => permits(candidate, resource));
  if (permissions.length === 0) return undefined;
  return { name, statements: permissions.map(permission => permissionStatement(permission, resource)) };
}

/**
 * The policies of a role: what it may do.
 *
 * @throws UnreadablePolicyError when one of them is not in the app, so that it cannot be seen.
 */
export function identityPoliciesOf(
  role: DeployedResource,
  app: readonly DeployedResource[],
): readonly Policy[] {
  if (role.property('PermissionsBoundary') !== undefined) {
    throw new UnreadablePolicyError(
      `${role.path} has a permissions boundary, which the policy tests do not evaluate. Teach them in ` +
        'test/support/policy/policies.ts.',
    );
  }
  const inline = (role.property('Policies') ?? []) as readonly {
    PolicyName: string;
    PolicyDocument: unknown;
  }[];
  const attached = app.filter(
    ({ type, property }) =>
      (type === 'AWS::IAM::RolePolicy' && property('RoleName') === role.ref) ||
      ((type === 'AWS::IAM::Policy' || type === 'AWS::IAM::ManagedPolicy') &&
        listOf(property('Roles') as OneOrMore<string> | undefined).includes(role.ref)),
  );
  const managed = listOf(role.property('ManagedPolicyArns') as OneOrMore<string> | undefined).map(arn => {
    const policy = app.find(({ type, ref }) => type === 'AWS::IAM::ManagedPolicy' && ref === arn);
    if (!policy) {
      throw new UnreadablePolicyError(
        `${role.path} has the policy ${arn}, which is not in this app, so what it allows cannot be seen. ` +
          'Grant what the role needs in a policy of its own.',
      );
    }
    return policy;
  });
  return [
    ...inline.map(({ PolicyName, PolicyDocument }) =>
      policyFrom(`${PolicyName} of ${role.path}`, PolicyDocument),
    ),
    ...[...new Set([...attached, ...managed])].map(policy =>
      policyFrom(policy.path, policy.property('PolicyDocument')),
    ),
  ];
}

/** The policy that is a property of the resource itself. */
function ownPolicyOf({ type, region, property }: DeployedResource): unknown {
  switch (type) {
    case 'AWS::IAM::Role':
      return property('AssumeRolePolicyDocument');
    case 'AWS::KMS::Key':
      return property('KeyPolicy');
    case 'AWS::DynamoDB::Table':
      return (property('ResourcePolicy') as TablePolicy | undefined)?.PolicyDocument;
    case 'AWS::DynamoDB::GlobalTable': {
      const replicas = property('Replicas') as readonly { Region: string; ResourcePolicy?: TablePolicy }[];
      return replicas.find(replica => replica.Region === region)?.ResourcePolicy?.PolicyDocument;
    }
    default:
      return undefined;
  }
}

interface TablePolicy {
  readonly PolicyDocument: unknown;
}

function isAttachedTo(candidate: DeployedResource, resource: DeployedResource): boolean {
  const targets = attachedPolicies[candidate.type];
  if (!targets) return false;
  return listOf(candidate.property(targets) as OneOrMore<string> | undefined).includes(resource.ref);
}

function permits({ type, property }: DeployedResource, resource: DeployedResource): boolean {
  if (type !== 'AWS::Lambda::Permission') return false;
  const target = property('FunctionName');
  return resource.type === 'AWS::Lambda::Function' && (target === resource.arn || target === resource.name);
}

const readablePermissionProperties = ['Action', 'FunctionName', 'Principal', 'SourceAccount', 'SourceArn'];
const otherPermissionProperties = [
  'EventSourceToken',
  'FunctionUrlAuthType',
  'InvokedViaFunctionUrl',
  'PrincipalOrgID',
];

/**
 * The statement that Lambda makes of a permission.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/permissions-function-services.html
 */
function permissionStatement(
  { path, logicalId, property }: DeployedResource,
  target: DeployedResource,
): PolicyStatement {
  const unread = otherPermissionProperties.filter(name => property(name) !== undefined);
  if (unread.length > 0) {
    throw new UnreadablePolicyError(
      `The permission ${path} sets ${unread.join(', ')}; the policy tests read ` +
        `${readablePermissionProperties.join(', ')}. Teach them in test/support/policy/policies.ts.`,
    );
  }
  const text = (name: string) => property(name) as string | undefined;
  const principal = text('Principal') ?? '';
  const sourceArn = text('SourceArn');
  const sourceAccount = text('SourceAccount');
  return {
    Sid: logicalId,
    Effect: 'Allow',
    Principal:
      principal === '*' ? '*' : { [principal.endsWith('.amazonaws.com') ? 'Service' : 'AWS']: principal },
    Action: text('Action') ?? '',
    Resource: target.arn ?? '',
    ...((sourceArn || sourceAccount) && {
      Condition: {
        ...(sourceArn && { ArnLike: { 'aws:SourceArn': sourceArn } }),
        ...(sourceAccount && { StringEquals: { 'aws:SourceAccount': sourceAccount } }),
      },
    }),
  };
}

/**
 * Reads a policy document.
 *
 * @throws UnreadablePolicyError when it has a policy variable.
 */
export function policyFrom(name: string, document: unknown): Policy {
  const { Statement } = document as { Statement: OneOrMore<PolicyStatement> };
  const statements = listOf(Statement);
  if (JSON.stringify(statements).includes('${')) {
    throw new UnreadablePolicyError(
      `The ${name} has a policy variable (\${…}), which the policy tests do not fill in. Write the value out, ` +
        'or teach them in test/support/policy/policies.ts.',
    );
  }
  return { name, statements };
}
