import { listOf, type OneOrMore, type Policy, type PolicyStatement } from '../../policy/policy-document.ts';
import type { DeployedApp } from './deployed-app.ts';
import type { DeployedResource } from './deployed-stack.ts';
import { isUnresolved, open, unresolvedIn } from './intrinsics.ts';

/** Policies that are resources of their own, with the property that names what they are attached to. */
const attachedPolicies: Readonly<Record<string, string>> = {
  'AWS::S3::BucketPolicy': 'Bucket',
  'AWS::SNS::TopicInlinePolicy': 'TopicArn',
  'AWS::SNS::TopicPolicy': 'Topics',
  'AWS::SQS::QueueInlinePolicy': 'Queue',
  'AWS::SQS::QueuePolicy': 'Queues',
};

/** Policies that are a property of the resource itself. */
const ownPolicies: Readonly<Record<string, string>> = {
  'AWS::IAM::Role': 'AssumeRolePolicyDocument',
  'AWS::KMS::Key': 'KeyPolicy',
};

/** The policies that an app gives to its resources and roles. */
export class AppPolicies {
  readonly #app: DeployedApp;
  readonly #ofResources = new Map<DeployedResource, Policy | undefined>();
  readonly #ofRoles = new Map<DeployedResource, readonly Policy[]>();

  constructor(app: DeployedApp) {
    this.#app = app;
  }

  /** The policy on a resource: who may do what with it; undefined where it has none. */
  ofResource(resource: DeployedResource): Policy | undefined {
    if (!this.#ofResources.has(resource)) this.#ofResources.set(resource, this.#readOfResource(resource));
    return this.#ofResources.get(resource);
  }

  /** What a role may do. */
  ofRole(role: DeployedResource): readonly Policy[] {
    const known = this.#ofRoles.get(role) ?? this.#readOfRole(role);
    this.#ofRoles.set(role, known);
    return known;
  }

  #readOfResource(resource: DeployedResource): Policy | undefined {
    const name = `policy of ${resource.path}`;
    const own = ownPolicies[resource.type];
    if (own) return { name, statements: statementsOf(resource, resource.property(own)) };
    if (resource.type === 'AWS::Lambda::Function') return this.#permissionsOf(resource, name);
    const attached = this.#app
      .ofType(...Object.keys(attachedPolicies))
      .filter(policy => isAbout(policy, resource));
    if (attached.length === 0)
      return resource.type === 'AWS::SNS::Topic' ? defaultOfTopics(resource) : undefined;
    const statements = attached.flatMap(policy => statementsOf(policy, policy.property('PolicyDocument')));
    if (attached.length === 1) return { name, statements };
    const paths = attached.map(({ path }) => path).join(' and ');
    const reason = `which of ${paths} is written last, since AWS keeps one policy`;
    return { name, statements: statements.map(statement => leftOpen(statement, reason)) };
  }

  #readOfRole(role: DeployedResource): readonly Policy[] {
    const inline = (role.property('Policies') ?? []) as readonly {
      readonly PolicyName: string;
      readonly PolicyDocument: unknown;
    }[];
    const attached = this.#app
      .ofType('AWS::IAM::Policy', 'AWS::IAM::ManagedPolicy', 'AWS::IAM::RolePolicy')
      .filter(policy =>
        [
          ...listOf(policy.property('Roles') as OneOrMore<string> | undefined),
          policy.property('RoleName'),
        ].includes(role.ref),
      );
    const managed = listOf(role.property('ManagedPolicyArns') as OneOrMore<string> | undefined).map(arn =>
      this.#managedPolicy(arn),
    );
    const boundary = role.property('PermissionsBoundary') === undefined ? [] : [bounded];
    return [
      ...inline.map(({ PolicyName, PolicyDocument }) => ({
        name: `${PolicyName} of ${role.path}`,
        statements: statementsOf(role, PolicyDocument),
      })),
      ...attached.map(policy => ({
        name: policy.path,
        statements: statementsOf(policy, policy.property('PolicyDocument')),
      })),
      ...managed,
      ...boundary,
    ];
  }

  /** What is not of the app allows nobody knows what. */
  #managedPolicy(arn: string): Policy {
    const own = this.#app.ofType('AWS::IAM::ManagedPolicy').find(({ ref }) => ref === arn);
    if (own) return { name: own.path, statements: statementsOf(own, own.property('PolicyDocument')) };
    const action = open(`what the managed policy ${arn} allows`);
    return { name: arn, statements: [{ Effect: 'Allow', Action: action, Resource: '*' }] };
  }

  /** Lambda makes a statement of each permission. */
  #permissionsOf(fn: DeployedResource, name: string): Policy | undefined {
    const permissions = this.#app
      .ofType('AWS::Lambda::Permission')
      .filter(permission => {
        const target = permission.property('FunctionName');
        return target === fn.name || this.#app.referredTo(target) === fn;
      })
      .map(permission => permissionStatement(permission, fn));
    return permissions.length === 0 ? undefined : { name, statements: permissions };
  }
}

/**
 * The policy of a topic that is given none.
 *
 * @see https://docs.aws.amazon.com/sns/latest/dg/sns-access-policy-use-cases.html
 */
function defaultOfTopics({ arn = '', account }: DeployedResource): Policy {
  const statement: PolicyStatement = {
    Effect: 'Allow',
    Principal: { AWS: '*' },
    Action: ['sns:Publish', 'sns:Subscribe'],
    Resource: arn,
    Condition: { StringEquals: { 'AWS:SourceOwner': account } },
  };
  return { name: 'policy that AWS gives to topics without one', statements: [statement] };
}

/** What a boundary leaves of the other policies is not evaluated. */
const bounded: Policy = {
  name: 'the permissions boundary',
  statements: [{ Effect: 'Deny', Action: open('what the permissions boundary forbids'), Resource: '*' }],
};

function isAbout(policy: DeployedResource, resource: DeployedResource): boolean {
  const targets = policy.property(attachedPolicies[policy.type] ?? '') as OneOrMore<string> | undefined;
  return listOf(targets).some(target => target === resource.ref || target === resource.arn);
}

/** The statements of a document; of one that may not be there, or cannot be read, each is left open. */
function statementsOf(owner: DeployedResource, document: unknown): readonly PolicyStatement[] {
  if (isUnresolved(document)) {
    return [
      leftOpen({ Effect: 'Allow', Action: '*', Resource: '*', Principal: '*' }, unresolvedIn(document)),
    ];
  }
  const { Statement } = (document ?? {}) as { readonly Statement?: OneOrMore<PolicyStatement> };
  const statements = listOf(Statement);
  const { undecided } = owner;
  if (undecided === undefined) return statements;
  return statements.map(statement => leftOpen(statement, `whether the condition ${undecided} holds`));
}

/** A statement of which it is not known whether it is there. */
function leftOpen(statement: PolicyStatement, reason: string): PolicyStatement {
  return { ...statement, Condition: { ...statement.Condition, [open(reason)]: { 'aws:SourceArn': '*' } } };
}

/** @see https://docs.aws.amazon.com/lambda/latest/dg/permissions-function-services.html */
function permissionStatement(permission: DeployedResource, fn: DeployedResource): PolicyStatement {
  const text = (name: string) => permission.property(name) as string | undefined;
  const principal = text('Principal') ?? '';
  const sourceArn = text('SourceArn');
  const sourceAccount = text('SourceAccount');
  const others = [
    'EventSourceToken',
    'FunctionUrlAuthType',
    'InvokedViaFunctionUrl',
    'PrincipalOrgID',
  ].filter(name => permission.property(name) !== undefined);
  const statement: PolicyStatement = {
    Sid: permission.logicalId,
    Effect: 'Allow',
    Principal:
      principal === '*' ? '*' : { [principal.endsWith('.amazonaws.com') ? 'Service' : 'AWS']: principal },
    Action: text('Action') ?? '',
    Resource: fn.arn ?? '',
    ...((sourceArn || sourceAccount) && {
      Condition: {
        ...(sourceArn && { ArnLike: { 'aws:SourceArn': sourceArn } }),
        ...(sourceAccount && { StringEquals: { 'aws:SourceAccount': sourceAccount } }),
      },
    }),
  };
  if (others.length > 0) return leftOpen(statement, `what ${others.join(' and ')} asks for`);
  return permission.undecided === undefined
    ? statement
    : leftOpen(statement, `whether the condition ${permission.undecided} holds`);
}
