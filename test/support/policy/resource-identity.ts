import { generatedName, type Place } from './account.ts';

/** What a resource is called: its name, its ARN where it has one, and what a template gets to refer to it by. */
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

/** Resources with an ARN in their account and region, `Ref` their name, and that ARN as the attribute `Arn`. */
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

/** Both kinds of scaling have ARNs of the same form, and `Ref` gives them. */
const scalingPolicy = regionalByArn('autoscaling', 'scalingPolicy:0a1b2c3d:policyName/');

const kinds: Readonly<Record<string, ResourceKind>> = {
  'AWS::SQS::Queue': {
    nameProperty: 'QueueName',
    identify: (name, { region, account }) => {
      const arn = `arn:aws:sqs:${region}:${account}:${name}`;
      const url = `https://sqs.${region}.amazonaws.com/${account}/${name}`;
      return { arn, ref: url, attributes: { Arn: arn, QueueName: name, QueueUrl: url } };
    },
  },
  'AWS::Budgets::Budget': {
    identify: (name, { account }) => ({
      arn: `arn:aws:budgets::${account}:budget/${name}`,
      ref: name,
      attributes: {},
    }),
  },
  'AWS::SNS::Topic': {
    nameProperty: 'TopicName',
    identify: (name, { region, account }) => {
      const arn = `arn:aws:sns:${region}:${account}:${name}`;
      return { arn, ref: arn, attributes: { TopicArn: arn, TopicName: name } };
    },
  },
  'AWS::KMS::Key': {
    identify: (name, { region, account }) => {
      const arn = `arn:aws:kms:${region}:${account}:key/${name}`;
      return { arn, ref: name, attributes: { Arn: arn, KeyId: name } };
    },
  },
  'AWS::Logs::LogGroup': {
    nameProperty: 'LogGroupName',
    identify: (name, { region, account }) => {
      const arn = `arn:aws:logs:${region}:${account}:log-group:${name}`;
      return { arn, ref: name, attributes: { Arn: `${arn}:*` } };
    },
  },
  'AWS::IAM::Role': {
    nameProperty: 'RoleName',
    identify: (name, { account }) => {
      const arn = `arn:aws:iam::${account}:role/${name}`;
      return { arn, ref: name, attributes: { Arn: arn } };
    },
  },
  'AWS::IAM::ManagedPolicy': {
    nameProperty: 'ManagedPolicyName',
    identify: (name, { account }) => {
      const arn = `arn:aws:iam::${account}:policy/${name}`;
      return { arn, ref: arn, attributes: { PolicyArn: arn } };
    },
  },
  'AWS::S3::Bucket': {
    nameProperty: 'BucketName',
    identify: name => {
      const bucket = name.toLowerCase();
      const arn = `arn:aws:s3:::${bucket}`;
      return { arn, ref: bucket, attributes: { Arn: arn } };
    },
  },
  'AWS::AutoScaling::AutoScalingGroup': {
    nameProperty: 'AutoScalingGroupName',
    identify: (name, { region, account }) => {
      const arn = `arn:aws:autoscaling:${region}:${account}:autoScalingGroup:0a1b2c3d:autoScalingGroupName/${name}`;
      return { arn, ref: name, attributes: {} };
    },
  },
  'AWS::ECS::Service': {
    nameProperty: 'ServiceName',
    identify: (name, { region, account }) => {
      const arn = `arn:aws:ecs:${region}:${account}:service/${name}`;
      return { arn, ref: arn, attributes: { Name: name, ServiceArn: arn } };
    },
  },
  'AWS::AmazonMQ::Broker': {
    nameProperty: 'BrokerName',
    identify: (name, { region, account }) => {
      const id = 'b-0a1b2c3d';
      const arn = `arn:aws:mq:${region}:${account}:broker:${name}:${id}`;
      return { arn, ref: id, attributes: { Arn: arn, Id: id } };
    },
  },
  'AWS::EC2::SecurityGroup': {
    identify: (name, { region, account }) => {
      const arn = `arn:aws:ec2:${region}:${account}:security-group/${name}`;
      return { arn, ref: name, attributes: { GroupId: name } };
    },
  },
  'AWS::EC2::Subnet': {
    identify: (name, { region, account }) => {
      const arn = `arn:aws:ec2:${region}:${account}:subnet/${name}`;
      return { arn, ref: name, attributes: { SubnetId: name } };
    },
  },
  'AWS::ECS::Cluster': regional('ecs', 'cluster/', 'ClusterName'),
  'AWS::ApplicationAutoScaling::ScalingPolicy': scalingPolicy,
  'AWS::AutoScaling::ScalingPolicy': scalingPolicy,
  'AWS::Athena::WorkGroup': regional('athena', 'workgroup/', 'Name'),
  'AWS::CloudTrail::Trail': regional('cloudtrail', 'trail/', 'TrailName'),
  'AWS::CloudWatch::Alarm': regional('cloudwatch', 'alarm:', 'AlarmName'),
  'AWS::CloudWatch::CompositeAlarm': regional('cloudwatch', 'alarm:', 'AlarmName'),
  'AWS::DynamoDB::GlobalTable': regional('dynamodb', 'table/', 'TableName'),
  'AWS::DynamoDB::Table': regional('dynamodb', 'table/', 'TableName'),
  'AWS::Events::Rule': regional('events', 'rule/', 'Name'),
  'AWS::KinesisFirehose::DeliveryStream': regional('firehose', 'deliverystream/', 'DeliveryStreamName'),
  'AWS::Lambda::Function': regional('lambda', 'function:', 'FunctionName'),
  'AWS::SES::ConfigurationSet': regional('ses', 'configuration-set/', 'Name'),
  'AWS::Scheduler::Schedule': regional('scheduler', 'schedule/default/', 'Name'),
  'AWS::Scheduler::ScheduleGroup': regional('scheduler', 'schedule-group/', 'Name'),
  'AWS::SecretsManager::Secret': regionalByArn('secretsmanager', 'secret:', 'Name'),
  'AWS::StepFunctions::StateMachine': {
    nameProperty: 'StateMachineName',
    identify: (name, { region, account }) => {
      const arn = `arn:aws:states:${region}:${account}:stateMachine:${name}`;
      return { arn, ref: arn, attributes: { Arn: arn, Name: name } };
    },
  },
};

/**
 * Says what a resource is called once it is deployed. A type that is not known here has a name, but no
 * ARN and no attributes.
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
