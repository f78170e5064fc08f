import { CfnResource, type Stack, TagManager, Token } from 'aws-cdk-lib';
import { RegionInfo } from 'aws-cdk-lib/region-info';
import type { SystemName } from '../../../bin/systems.ts';
import { heardThroughComposites } from '../../../lib/validation/alarm-rules.ts';
import { messagingRules } from '../../../lib/validation/messaging-rules.ts';
import { referredId, resourcesOfType } from '../../support/stack-template.ts';
import { synthesizedApp, systemTemplate, type TemplateJson } from '../../support/synthesized-app.ts';
import { templatePicture } from '../../support/template-snapshot.ts';
import { repository } from '../../support/temporary-directory.ts';

const everyStack = (['dev', 'prod'] as const).flatMap(stage => {
  const { stacks, template } = synthesizedApp(stage);
  return stacks.map(stack => ({
    name: `${stack.stackName} of ${stage}`,
    stage,
    stack,
    template: template(stack.stackName),
  }));
});

/** Calls that have no resource that a permission could name. */
const callsWithoutResource = [
  'ec2:DescribeNetworkInterfaces',
  'ec2:DescribeSecurityGroups',
  'ec2:DescribeSubnets',
  'ec2:DescribeVpcs',
  'ecr:GetAuthorizationToken',
  'logs:CreateLogDelivery',
  'logs:DeleteLogDelivery',
  'logs:DescribeLogGroups',
  'logs:DescribeResourcePolicies',
  'logs:GetLogDelivery',
  'logs:ListLogDeliveries',
  'logs:PutResourcePolicy',
  'logs:UpdateLogDelivery',
  'sqs:ListQueues',
  'ssm:UpdateInstanceInformation',
  'ssmmessages:CreateControlChannel',
  'ssmmessages:CreateDataChannel',
  'ssmmessages:OpenControlChannel',
  'ssmmessages:OpenDataChannel',
  'xray:GetSamplingRules',
  'xray:GetSamplingTargets',
  'xray:PutTelemetryRecords',
  'xray:PutTraceSegments',
];

/**
 * Types that CloudFormation gives no tags. None of them costs anything by itself; instances of a launch template
 * get theirs by what it says of them.
 */
const untaggable = new Set([
  'AWS::ApiGatewayV2::Integration',
  'AWS::ApiGatewayV2::Route',
  'AWS::ApplicationAutoScaling::ScalingPolicy',
  'AWS::Athena::NamedQuery',
  'AWS::AutoScaling::ScalingPolicy',
  'AWS::CDK::Metadata',
  'AWS::EC2::LaunchTemplate',
  'AWS::EC2::SecurityGroupEgress',
  'AWS::EC2::SecurityGroupIngress',
  'AWS::EC2::SubnetRouteTableAssociation',
  'AWS::Glue::Database',
  'AWS::Glue::Table',
  'AWS::IAM::InstanceProfile',
  'AWS::IAM::ManagedPolicy',
  'AWS::IAM::Policy',
  'AWS::Lambda::EventInvokeConfig',
  'AWS::Lambda::Permission',
  'AWS::Logs::LogStream',
  'AWS::Logs::MetricFilter',
  'AWS::Logs::QueryDefinition',
  'AWS::S3::BucketPolicy',
  'AWS::SES::ConfigurationSetEventDestination',
  'AWS::SNS::Subscription',
  'AWS::SNS::TopicPolicy',
  'AWS::SQS::QueuePolicy',
]);

/** Resources that hold what cannot be had again. */
const holdingData = [
  'AWS::DynamoDB::Table',
  'AWS::KMS::Key',
  'AWS::Logs::LogGroup',
  'AWS::S3::Bucket',
  'AWS::Scheduler::ScheduleGroup',
];

it('is looked at in both stages', () => {
  expect(everyStack.map(({ name }) => name)).toEqual(
    expect.arrayContaining(['order-processing of dev', 'order-processing of prod']),
  );
});

describe.each(everyStack)('$name', ({ stage, stack, template }) => {
  it('is the same without the others', () => {
    const alone = systemTemplate(stack.stackName as SystemName, stage);
    expect(templatePicture(alone)).toBe(templatePicture(template));
  });

  it.each(messagingRules)('keeps the rule $name: $requires', rule => {
    expect(rule.findings(template)).toEqual([]);
  });

  it('has keys that rotate', () => {
    expect(
      idsWhere(template, 'AWS::KMS::Key', ({ EnableKeyRotation }) => EnableKeyRotation !== true),
    ).toEqual([]);
  });

  it('gives each function a log group and a role of its own', () => {
    const functions = resourcesOfType(template, 'AWS::Lambda::Function').map(
      ([, { Properties }]) => Properties,
    );
    const groups = functions.map(({ LoggingConfig }) =>
      referredId((LoggingConfig as { LogGroup?: unknown } | undefined)?.LogGroup),
    );
    const roles = functions.map(({ Role }) => referredId(Role));
    for (const owned of [groups, roles]) expect(new Set(owned).size).toBe(functions.length);
    expect(groups.map(id => template.Resources[id ?? '']?.Type)).toEqual(
      functions.map(() => 'AWS::Logs::LogGroup'),
    );
  });

  it('traces its functions, and leaves the few policies of X-Ray that an account has to others', () => {
    expect(
      idsWhere(
        template,
        'AWS::Lambda::Function',
        ({ TracingConfig }) => (TracingConfig as { Mode?: string } | undefined)?.Mode !== 'Active',
      ),
    ).toEqual([]);
    expect(idsWhere(template, 'AWS::SNS::Topic', ({ TracingConfig }) => TracingConfig === 'Active')).toEqual(
      [],
    );
    expect(resourcesOfType(template, 'AWS::XRay::ResourcePolicy')).toEqual([]);
  });

  it('tells a topic of the start and the end of every alarm, and what to make of it', () => {
    const heard = heardThroughComposites(template);
    const isSilent = (id: string, properties: Readonly<Record<string, unknown>>) => {
      const { AlarmActions, OKActions, AlarmDescription } = properties as {
        AlarmActions?: unknown[];
        OKActions?: unknown[];
        AlarmDescription?: string;
      };
      const target = template.Resources[referredId(AlarmActions?.[0]) ?? ''];
      // Starts workers: nobody needs to be told.
      if (target?.Type.endsWith('::ScalingPolicy')) return !AlarmDescription;
      const isTold = heard.has(id) ? !AlarmActions && !OKActions : target?.Type === 'AWS::SNS::Topic';
      return (
        !isTold ||
        JSON.stringify(OKActions) !== JSON.stringify(AlarmActions) ||
        !/^.{20,}\. .{20,}\. Runbook: docs\/runbooks\/\S+$/.test(AlarmDescription ?? '')
      );
    };
    const silent = ['AWS::CloudWatch::Alarm', 'AWS::CloudWatch::CompositeAlarm'].flatMap(type =>
      resourcesOfType(template, type)
        .filter(([id, { Properties }]) => isSilent(id, Properties))
        .map(([id]) => id),
    );
    expect(silent).toEqual([]);
  });

  it('lets roles make calls by name, on resources by name', () => {
    const statements = ['AWS::IAM::Policy', 'AWS::IAM::ManagedPolicy', 'AWS::IAM::Role'].flatMap(type =>
      resourcesOfType(template, type).flatMap(([id, { Properties }]) =>
        identityStatements(Properties).map(({ Action, Resource }) => ({
          id,
          actions: [Action].flat().map(String),
          resources: [Resource].flat(),
        })),
      ),
    );
    expect(statements.filter(({ actions }) => actions.some(action => action.includes('*')))).toEqual([]);
    expect(
      statements
        .filter(({ resources }) => resources.includes('*'))
        .filter(({ actions }) => !actions.every(action => callsWithoutResource.includes(action))),
    ).toEqual([]);
  });

  it(
    stage === 'prod' ? 'keeps data when it is deleted' : 'takes everything with it when it is deleted',
    () => {
      const expected = stage === 'prod' ? 'Retain' : 'Delete';
      const others = holdingData
        .flatMap(type => resourcesOfType(template, type))
        .filter(
          ([, { DeletionPolicy, UpdateReplacePolicy }]) =>
            DeletionPolicy !== expected || UpdateReplacePolicy !== expected,
        );
      expect(others.map(([id]) => id)).toEqual([]);
      expect(stack.terminationProtection).toBe(stage === 'prod');
    },
  );

  it('carries the cost-allocation tags on everything that can have tags', () => {
    const taggable = taggableIds(stack);
    const expected = costTags(stack, stage);
    expect(taggable.length).toBeGreaterThan(0);
    expect(taggable.map(id => ({ id, tags: tagsOf(template, id) }))).toEqual(
      taggable.map(id => ({ id, tags: expect.objectContaining(expected) })),
    );
  });

  it('has nothing else without tags but what CloudFormation cannot tag', () => {
    const tagged = taggableIds(stack);
    const untagged = Object.entries(template.Resources).filter(([id]) => !tagged.includes(id));
    expect(untagged.filter(([, { Type }]) => !untaggable.has(Type)).map(([id]) => id)).toEqual([]);
  });

  it('hands the tags on to what its resources start: instances, their volumes, tasks', () => {
    const expected = expect.objectContaining(costTags(stack, stage));
    for (const [id, { Properties }] of resourcesOfType(template, 'AWS::EC2::LaunchTemplate')) {
      const { TagSpecifications } = Properties.LaunchTemplateData as {
        TagSpecifications: TagSpecification[];
      };
      expect(TagSpecifications.map(({ ResourceType, Tags }) => [id, ResourceType, tagsIn(Tags)])).toEqual([
        [id, 'instance', expected],
        [id, 'volume', expected],
      ]);
    }
    for (const [id, { Properties }] of resourcesOfType(template, 'AWS::AutoScaling::AutoScalingGroup')) {
      const handedOn = (Properties.Tags as { PropagateAtLaunch: boolean }[]).map(
        tag => tag.PropagateAtLaunch,
      );
      expect([id, ...new Set(handedOn)]).toEqual([id, true]);
    }
    for (const [id, { Properties }] of resourcesOfType(template, 'AWS::ECS::Service')) {
      expect([id, Properties.PropagateTags]).toEqual([id, 'SERVICE']);
    }
    for (const [id, { Properties }] of resourcesOfType(template, 'AWS::EC2::Instance')) {
      expect([id, Properties.PropagateTagsToVolumeOnCreation]).toEqual([id, true]);
    }
  });

  it('has logical ids that say nothing of the stage', () => {
    const ids = [template.Resources, template.Outputs, template.Parameters].flatMap(section =>
      Object.keys(section ?? {}),
    );
    expect(ids.filter(id => /(^d|D)ev(?!ice)|(^p|P)rod(?!uc)/.test(id.replace(/[0-9A-F]{8}$/, '')))).toEqual(
      [],
    );
  });

  it('takes no stack of another stage for its own', () => {
    // What a deployment gives the parameter: what the stack has, or else the default.
    const stageOf = ({ Parameters = {} }: TemplateJson) => Parameters.Stage;
    const before = systemTemplate(stack.stackName as SystemName, stage === 'dev' ? 'prod' : 'dev');
    expect(stageOf(template)).toMatchObject({ Default: stage, AllowedValues: [stage] });
    expect(stageOf(template)?.AllowedValues).not.toContain(stageOf(before)?.Default);
  });

  it('asks Systems Manager for no name that an earlier deployment has kept', () => {
    const { BootstrapVersion: _, ...own } = template.Parameters ?? {};
    for (const [id, { Type, Default = '' }] of Object.entries(own)) {
      if (Type.startsWith('AWS::SSM::')) expect(id).toContain(Default.replace(/[^A-Za-z0-9]/g, ''));
    }
  });

  it('names no account, and no region or partition unless it is bound to one', () => {
    const isBound = !Token.isUnresolved(stack.region);
    const regions = RegionInfo.regions.map(({ name }) => name);
    expect(regions).toContain('eu-west-1');
    const environmental = textsOf(template).filter(
      text =>
        /(^|[^0-9a-f])\d{12}([^0-9a-f]|$)/.test(text) ||
        (!isBound && (/\barn:aws/.test(text) || regions.some(region => text.includes(region)))),
    );
    expect(environmental).toEqual([]);
  });

  it('says nothing of the machine that made it, and leaves no token unresolved', () => {
    const leaks = textsOf(template).filter(text => text.includes(repository) || text.includes('${Token['));
    expect(leaks).toEqual([]);
  });
});

function idsWhere(
  template: TemplateJson,
  type: string,
  holds: (properties: Readonly<Record<string, unknown>>) => boolean,
): string[] {
  return resourcesOfType(template, type)
    .filter(([, { Properties }]) => holds(Properties))
    .map(([id]) => id);
}

interface PolicyDocument {
  readonly Statement: readonly { readonly Action: unknown; readonly Resource: unknown }[];
}

/** Statements of a policy resource, or of the policies inside a role; not who may assume it. */
function identityStatements(properties: Readonly<Record<string, unknown>>): PolicyDocument['Statement'] {
  const { PolicyDocument, Policies = [] } = properties as {
    PolicyDocument?: PolicyDocument;
    Policies?: { PolicyDocument: PolicyDocument }[];
  };
  return [PolicyDocument, ...Policies.map(inline => inline.PolicyDocument)].flatMap(
    document => document?.Statement ?? [],
  );
}

function taggableIds(stack: Stack): string[] {
  return stack.node
    .findAll()
    .filter(construct => CfnResource.isCfnResource(construct))
    .filter(resource => TagManager.of(resource))
    .map(resource => stack.resolve(resource.logicalId) as string);
}

/** By what costs are told apart: of which system, stage and payer they are. */
function costTags(stack: Stack, stage: string) {
  return { system: stack.stackName, stage, 'cost-center': 'messaging' };
}

/** Tags of a resource, under the name that its type has for them. */
function tagsOf(template: TemplateJson, id: string): Record<string, unknown> {
  const { Tags, ResourceTags } = template.Resources[id]?.Properties ?? {};
  return tagsIn(Tags ?? ResourceTags);
}

interface TagSpecification {
  readonly ResourceType: string;
  readonly Tags: unknown;
}

/** CloudFormation takes lists for some types and maps for others. */
function tagsIn(tags: unknown = {}): Record<string, unknown> {
  if (!Array.isArray(tags)) return { ...(tags as Record<string, unknown>) };
  return Object.fromEntries(
    (tags as { Key: string; Value: unknown }[]).map(({ Key, Value }) => [Key, Value]),
  );
}

/** Every key and text in a template. */
function textsOf(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => [name, ...textsOf(inner)]);
}
