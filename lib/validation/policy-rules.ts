import type { Finding, MessagingRule } from './messaging-rule.ts';
import type { CloudFormationTemplate } from './template-resources.ts';

interface Statement {
  readonly Effect?: unknown;
  readonly Action?: unknown;
  readonly NotAction?: unknown;
  readonly Principal?: unknown;
  readonly Condition?: unknown;
}

interface PolicyPlace {
  readonly logicalId: string;
  readonly type: string;
  readonly property: string;
  readonly statement: Statement;
}

/** Policies on resources, and those of who calls, by the property that they are in. */
const onResources: Readonly<Record<string, string>> = {
  'AWS::IAM::Role': 'AssumeRolePolicyDocument',
  'AWS::KMS::Key': 'KeyPolicy',
  'AWS::S3::BucketPolicy': 'PolicyDocument',
  'AWS::SNS::TopicInlinePolicy': 'PolicyDocument',
  'AWS::SNS::TopicPolicy': 'PolicyDocument',
  'AWS::SQS::QueueInlinePolicy': 'PolicyDocument',
  'AWS::SQS::QueuePolicy': 'PolicyDocument',
  'AWS::SecretsManager::ResourcePolicy': 'ResourcePolicy',
};
const ofCallers = ['GroupPolicy', 'ManagedPolicy', 'Policy', 'RolePolicy', 'UserPolicy'].map(
  name => `AWS::IAM::${name}`,
);

const listOf = (value: unknown): readonly unknown[] =>
  Array.isArray(value) ? value : value === undefined ? [] : [value];

function statementsIn(document: unknown): readonly Statement[] {
  return listOf(
    (document as { readonly Statement?: unknown } | undefined)?.Statement,
  ) as readonly Statement[];
}

function resourceStatements(template: CloudFormationTemplate): readonly PolicyPlace[] {
  return Object.entries(template.Resources ?? {}).flatMap(([logicalId, { Type, Properties = {} }]) => {
    const property = onResources[Type];
    if (property === undefined) return [];
    return statementsIn(Properties[property]).map(statement => ({
      logicalId,
      type: Type,
      property,
      statement,
    }));
  });
}

function callerStatements(template: CloudFormationTemplate): readonly PolicyPlace[] {
  return Object.entries(template.Resources ?? {}).flatMap(([logicalId, { Type, Properties = {} }]) => {
    if (ofCallers.includes(Type)) {
      return statementsIn(Properties.PolicyDocument).map(statement => ({
        logicalId,
        type: Type,
        property: 'PolicyDocument',
        statement,
      }));
    }
    if (!/^AWS::IAM::(Group|Role|User)$/.test(Type)) return [];
    return (listOf(Properties.Policies) as readonly { readonly PolicyDocument?: unknown }[]).flatMap(
      ({ PolicyDocument }) =>
        statementsIn(PolicyDocument).map(statement => ({
          logicalId,
          type: Type,
          property: 'Policies',
          statement,
        })),
    );
  });
}

function isForEveryone(principal: unknown): boolean {
  if (principal === '*') return true;
  return listOf((principal as { readonly AWS?: unknown } | undefined)?.AWS).includes('*');
}

/** A key's account keeps every right to it: without, nobody could ever change the key again. */
function isOfAccount({ Principal }: Statement): boolean {
  return JSON.stringify(Principal ?? '').includes(':root"');
}

const isSet = (condition: unknown) => Object.keys((condition ?? {}) as object).length > 0;

const finding = ({ logicalId, property }: PolicyPlace, found: string): Finding => ({
  logicalId,
  property,
  found,
});

/** Rules about who may do what: what the documents of these systems once did, and no system here does. */
export const policyRules: readonly MessagingRule[] = [
  {
    name: 'PublicPrincipal',
    requires:
      'Nobody but who is named, or meets a condition, is let in: a public queue takes orders from everyone.',
    remedy: 'Name the principal, or ask for aws:SourceArn or aws:SourceAccount.',
    findings: template => [
      ...resourceStatements(template)
        .filter(({ statement }) => statement.Effect === 'Allow' && !isSet(statement.Condition))
        .filter(({ statement }) => isForEveryone(statement.Principal))
        .map(place => finding(place, 'for everyone, on no condition')),
      ...Object.entries(template.Resources ?? {})
        .filter(([, { Type }]) => Type === 'AWS::Lambda::Permission')
        .filter(([, { Properties = {} }]) => Properties.Principal === '*')
        .filter(
          ([, { Properties = {} }]) =>
            !['PrincipalOrgID', 'SourceAccount', 'SourceArn'].some(name => Properties[name] !== undefined),
        )
        .map(([logicalId]) => ({ logicalId, property: 'Principal', found: 'everyone, on no condition' })),
    ],
  },
  {
    name: 'ManagedPolicy',
    requires:
      'A role has policies of its own: what AWS allows in a managed policy is for every queue, and changes.',
    remedy: 'Grant the actions that it needs, on the resources that it needs them on.',
    findings: template =>
      Object.entries(template.Resources ?? {})
        .filter(([, { Type }]) => /^AWS::IAM::(Group|Role|User)$/.test(Type))
        .flatMap(([logicalId, { Properties = {} }]) =>
          listOf(Properties.ManagedPolicyArns)
            .map(arn => JSON.stringify(arn))
            .filter(arn => arn.includes(':policy/'))
            .map(arn => ({ logicalId, property: 'ManagedPolicyArns', found: arn })),
        ),
  },
  {
    name: 'WildcardAction',
    requires:
      'What is allowed is allowed by name: a pattern allows what AWS will add tomorrow, and PurgeQueue today.',
    remedy: 'List the actions that are needed.',
    findings: template => [
      ...callerStatements(template)
        .filter(({ statement }) => statement.Effect === 'Allow')
        .flatMap(place => {
          if (place.statement.NotAction !== undefined)
            return [finding(place, 'all but what NotAction lists')];
          return listOf(place.statement.Action)
            .map(String)
            .filter(action => action.includes('*'))
            .map(action => finding(place, action));
        }),
      ...resourceStatements(template)
        .filter(({ statement }) => statement.Effect === 'Allow')
        .filter(({ type, statement }) => !(type === 'AWS::KMS::Key' && isOfAccount(statement)))
        .flatMap(place =>
          listOf(place.statement.Action)
            .map(String)
            // KMS names its variants so: GenerateDataKey* is documented for every service that encrypts.
            .filter(action => /^([a-z0-9-]+:)?\*$/i.test(action))
            .map(action => finding(place, action)),
        ),
    ],
  },
];
