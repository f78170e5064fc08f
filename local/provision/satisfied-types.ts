import { ACCOUNT_ID } from '../assembly/cloud-assembly.ts';
import type { ResourceDeclaration, ResourceIdentity } from '../assembly/resource.ts';
import { physicalName } from './physical-name.ts';

const NOT_EVALUATED = 'permissions are not evaluated locally; the policy tests prove them';
const BOOKKEEPING = 'bookkeeping of the deployment';
const NO_NETWORK = 'all is on one machine: there is no network to shut off; the policy tests prove it shut';
const NOT_RECORDED = 'nobody records calls locally, so that there is nothing to look into';
const NOT_SCALED = 'fleets keep their size locally (--workers); npm run simulate plays their scaling';

/** Resource types that need nothing made for the system to run, and why. */
export const SATISFIED_TYPES: Readonly<Record<string, string>> = {
  'AWS::ApiGateway::Account': BOOKKEEPING,
  'AWS::ApiGatewayV2::Deployment': 'routes apply at once locally',
  'AWS::ApiGatewayV2::VpcLink': NO_NETWORK,
  'AWS::ApplicationAutoScaling::ScalableTarget': NOT_SCALED,
  'AWS::ApplicationAutoScaling::ScalingPolicy': NOT_SCALED,
  'AWS::Athena::NamedQuery': NOT_RECORDED,
  'AWS::Athena::WorkGroup': NOT_RECORDED,
  'AWS::AutoScaling::ScalingPolicy': NOT_SCALED,
  'AWS::Budgets::Budget': 'nothing costs anything locally',
  'AWS::CDK::Metadata': BOOKKEEPING,
  'AWS::Chatbot::SlackChannelConfiguration': 'there is no chat locally; webhooks are posted to',
  'AWS::CloudFormation::WaitCondition': BOOKKEEPING,
  'AWS::CloudFormation::WaitConditionHandle': BOOKKEEPING,
  'AWS::CloudTrail::Trail': NOT_RECORDED,
  'AWS::CloudWatch::Dashboard': 'there are no graphs locally; alarms are evaluated',
  'AWS::EC2::FlowLog': NO_NETWORK,
  'AWS::EC2::RouteTable': NO_NETWORK,
  'AWS::EC2::SecurityGroup': NO_NETWORK,
  'AWS::EC2::SecurityGroupEgress': NO_NETWORK,
  'AWS::EC2::SecurityGroupIngress': NO_NETWORK,
  'AWS::EC2::Subnet': NO_NETWORK,
  'AWS::EC2::SubnetRouteTableAssociation': NO_NETWORK,
  'AWS::EC2::VPC': NO_NETWORK,
  'AWS::EC2::VPCEndpoint': NO_NETWORK,
  'AWS::ECS::Cluster': 'tasks are processes of this machine',
  'AWS::ElasticLoadBalancingV2::LoadBalancer': 'its listeners pass requests on by themselves here',
  'AWS::Glue::Database': NOT_RECORDED,
  'AWS::Glue::Table': NOT_RECORDED,
  'AWS::IAM::InstanceProfile': NOT_EVALUATED,
  'AWS::IAM::ManagedPolicy': NOT_EVALUATED,
  'AWS::IAM::Policy': NOT_EVALUATED,
  'AWS::IAM::Role': NOT_EVALUATED,
  'AWS::IAM::RolePolicy': NOT_EVALUATED,
  'AWS::IAM::ServiceLinkedRole': NOT_EVALUATED,
  'AWS::KMS::Alias': 'keys go by their own ids locally',
  'AWS::Lambda::Permission': NOT_EVALUATED,
  'AWS::Logs::LogGroup': 'log lines go to the terminal',
  'AWS::Logs::LogStream': 'log lines go to the terminal',
  'AWS::Logs::MetricFilter': 'log lines go to the terminal; filter patterns are tested with recorded calls',
  'AWS::Logs::QueryDefinition': 'log lines go to the terminal; scenarios follow one subject by the query',
  'AWS::Logs::ResourcePolicy': NOT_EVALUATED,
  'AWS::S3::BucketPolicy': NOT_EVALUATED,
  'AWS::SNS::TopicInlinePolicy': NOT_EVALUATED,
  'AWS::SNS::TopicPolicy': NOT_EVALUATED,
  'AWS::SQS::QueueInlinePolicy': NOT_EVALUATED,
  'AWS::SQS::QueuePolicy': NOT_EVALUATED,
  'Custom::LogRetention': 'log lines go to the terminal',
  'Custom::S3AutoDeleteObjects': 'objects are gone when the local cloud stops',
};

export function isSatisfied(type: string): boolean {
  return type in SATISFIED_TYPES;
}

/**
 * A plausible name for what is not there: others put it into their properties, and nobody asks for it.
 *
 * `Arn` and `Id` forms are offered under every name that the satisfied types give them.
 */
export function satisfiedIdentity(resource: ResourceDeclaration): ResourceIdentity {
  const name = physicalName(resource, undefined, { limit: 128 });
  const [, service = '', kind = ''] = resource.type.toLowerCase().split('::');
  const region = service === 'iam' ? '' : resource.region;
  return {
    ref: name,
    attributes: {
      Arn: `arn:aws:${service}:${region}:${ACCOUNT_ID}:${kind}/${name}`,
      AliasName: name,
      Id: name,
      KeyId: name,
      Name: name,
      PolicyArn: `arn:aws:${service}:${region}:${ACCOUNT_ID}:${kind}/${name}`,
      RoleId: name,
    },
  };
}
