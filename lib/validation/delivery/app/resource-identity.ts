import { generatedName, type Place } from './place.ts';

/** What a resource is called: its name, its ARN, and what a template gets to refer to it by. */
export interface ResourceIdentity {
  readonly name: string;
  readonly arn: string | undefined;
  readonly ref: string;
  readonly attributes: Readonly<Record<string, string>>;
}

type Identify = (name: string, place: Place) => Omit<ResourceIdentity, 'name'>;

interface ResourceKind {
  /** Property that names the resource, where its template may. */
  readonly nameProperty?: string;
  readonly identify: Identify;
}

/** With an ARN in account and region, `Ref` its name, and the ARN as the attribute `Arn`. */
function regional(service: string, prefix: string, nameProperty?: string): ResourceKind {
  return {
    ...(nameProperty && { nameProperty }),
    identify: (name, { region, account }) => {
      const arn = `arn:aws:${service}:${region}:${account}:${prefix}${name}`;
      return { arn, ref: name, attributes: { Arn: arn } };
    },
  };
}

/** The same, but that `Ref` is the ARN. */
function regionalByArn(service: string, prefix: string, nameProperty?: string): ResourceKind {
  const kind = regional(service, prefix, nameProperty);
  return {
    ...kind,
    identify: (name, place) => {
      const identity = kind.identify(name, place);
      return { ...identity, ref: identity.arn ?? name };
    },
  };
}

/** The same, with the ARN under other attributes too. */
function withAttributes(
  kind: ResourceKind,
  more: (arn: string, name: string) => Readonly<Record<string, string>>,
): ResourceKind {
  return {
    ...kind,
    identify: (name, place) => {
      const identity = kind.identify(name, place);
      return { ...identity, attributes: { ...identity.attributes, ...more(identity.arn ?? '', name) } };
    },
  };
}

/** @see https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html */
const kinds: Readonly<Record<string, ResourceKind>> = {
  'AWS::SQS::Queue': {
    nameProperty: 'QueueName',
    identify: (name, { region, account }) => {
      const arn = `arn:aws:sqs:${region}:${account}:${name}`;
      const url = `https://sqs.${region}.amazonaws.com/${account}/${name}`;
      return { arn, ref: url, attributes: { Arn: arn, QueueName: name, QueueUrl: url } };
    },
  },
  'AWS::S3::Bucket': {
    nameProperty: 'BucketName',
    identify: name => {
      const arn = `arn:aws:s3:::${name.toLowerCase()}`;
      return { arn, ref: name.toLowerCase(), attributes: { Arn: arn } };
    },
  },
  'AWS::IAM::Role': {
    nameProperty: 'RoleName',
    identify: (name, { account }) => {
      const arn = `arn:aws:iam::${account}:role/${name}`;
      return { arn, ref: name, attributes: { Arn: arn, RoleId: `AROA${name}` } };
    },
  },
  'AWS::KMS::Alias': {
    nameProperty: 'AliasName',
    identify: (name, { region, account }) => ({
      arn: `arn:aws:kms:${region}:${account}:${name}`,
      ref: name,
      attributes: {},
    }),
  },
  'AWS::Budgets::Budget': {
    identify: (name, { account }) => ({
      arn: `arn:aws:budgets::${account}:budget/${name}`,
      ref: name,
      attributes: {},
    }),
  },
  'AWS::AutoScaling::AutoScalingGroup': regional(
    'autoscaling',
    'autoScalingGroup:0a1b2c3d:autoScalingGroupName/',
    'AutoScalingGroupName',
  ),
  'AWS::AmazonMQ::Broker': regional('mq', 'broker:', 'BrokerName'),
  'AWS::CloudTrail::Trail': regional('cloudtrail', 'trail/', 'TrailName'),
  'AWS::CloudWatch::Alarm': regional('cloudwatch', 'alarm:', 'AlarmName'),
  'AWS::CloudWatch::CompositeAlarm': regional('cloudwatch', 'alarm:', 'AlarmName'),
  'AWS::DynamoDB::GlobalTable': withAttributes(regional('dynamodb', 'table/', 'TableName'), arn => ({
    StreamArn: `${arn}/stream/made-up`,
  })),
  'AWS::DynamoDB::Table': withAttributes(regional('dynamodb', 'table/', 'TableName'), arn => ({
    StreamArn: `${arn}/stream/made-up`,
  })),
  'AWS::Events::EventBus': regional('events', 'event-bus/', 'Name'),
  'AWS::Events::Rule': regional('events', 'rule/', 'Name'),
  'AWS::Kinesis::Stream': regional('kinesis', 'stream/', 'Name'),
  'AWS::KinesisFirehose::DeliveryStream': regional('firehose', 'deliverystream/', 'DeliveryStreamName'),
  'AWS::KMS::Key': withAttributes(regional('kms', 'key/'), (_, name) => ({ KeyId: name })),
  'AWS::Lambda::Function': regional('lambda', 'function:', 'FunctionName'),
  'AWS::Logs::LogGroup': {
    nameProperty: 'LogGroupName',
    identify: (name, { region, account }) => {
      const arn = `arn:aws:logs:${region}:${account}:log-group:${name}`;
      return { arn, ref: name, attributes: { Arn: `${arn}:*` } };
    },
  },
  'AWS::Pipes::Pipe': regional('pipes', 'pipe/', 'Name'),
  'AWS::Scheduler::Schedule': regional('scheduler', 'schedule/default/', 'Name'),
  'AWS::SES::ConfigurationSet': regional('ses', 'configuration-set/', 'Name'),
  'AWS::Scheduler::ScheduleGroup': regional('scheduler', 'schedule-group/', 'Name'),
  'AWS::SecretsManager::Secret': regionalByArn('secretsmanager', 'secret:', 'Name'),
  'AWS::SNS::Topic': withAttributes(regionalByArn('sns', '', 'TopicName'), (arn, name) => ({
    TopicArn: arn,
    TopicName: name,
  })),
  'AWS::StepFunctions::StateMachine': withAttributes(
    regionalByArn('states', 'stateMachine:', 'StateMachineName'),
    (_, name) => ({ Name: name }),
  ),
};

/**
 * Says what a resource is called once it is deployed. A type that is not known here has a name, and neither
 * an ARN nor attributes.
 */
export function identityOf(
  type: string,
  place: Place,
  property: (name: string) => unknown,
): ResourceIdentity {
  const kind = kinds[type];
  const given = kind?.nameProperty ? property(kind.nameProperty) : undefined;
  const name = typeof given === 'string' ? given : generatedName(place);
  return kind ? { name, ...kind.identify(name, place) } : { name, arn: undefined, ref: name, attributes: {} };
}
