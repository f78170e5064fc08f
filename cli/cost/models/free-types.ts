const countedElsewhere = (where: string) => `counted at ${where}`;
const nothingToPay = 'AWS does not charge for it';

/** Types that cost nothing by themselves, and why. */
export const freeTypes: Readonly<Record<string, string>> = {
  'AWS::ApiGateway::Account': nothingToPay,
  'AWS::ApiGatewayV2::Integration': countedElsewhere('the API'),
  'AWS::ApiGatewayV2::Route': countedElsewhere('the API'),
  'AWS::ApiGatewayV2::Stage': countedElsewhere('the API'),
  'AWS::ApiGatewayV2::VpcLink': 'links of HTTP APIs are free',
  'AWS::ApplicationAutoScaling::ScalableTarget': 'scaling is free: what is scaled is counted at the service',
  'AWS::ApplicationAutoScaling::ScalingPolicy':
    'scaling is free; alarms of its own are counted where declared',
  'AWS::AutoScaling::ScalingPolicy': 'scaling is free; alarms of its own are counted where declared',
  'AWS::Budgets::Budget': 'budgets are free as long as they do nothing but tell',
  'AWS::EC2::FlowLog':
    'charged as logs, by what passes: some dollars where a network is busy, not known beforehand',
  'AWS::EC2::LaunchTemplate': countedElsewhere('the group of instances'),
  'AWS::EC2::RouteTable': nothingToPay,
  'AWS::EC2::SecurityGroup': nothingToPay,
  'AWS::EC2::SecurityGroupEgress': nothingToPay,
  'AWS::EC2::SecurityGroupIngress': nothingToPay,
  'AWS::EC2::Subnet': nothingToPay,
  'AWS::EC2::SubnetRouteTableAssociation': nothingToPay,
  'AWS::EC2::VPC': nothingToPay,
  'AWS::ECS::Cluster': 'Fargate tasks are counted at the service; Container Insights by what it writes',
  'AWS::ECS::TaskDefinition': countedElsewhere('the service'),
  'AWS::ElasticLoadBalancingV2::Listener': countedElsewhere('the load balancer'),
  'AWS::ElasticLoadBalancingV2::TargetGroup': countedElsewhere('the load balancer'),
  'AWS::Events::Rule': 'events of AWS services and schedules of rules are free',
  'AWS::IAM::InstanceProfile': nothingToPay,
  'AWS::IAM::ManagedPolicy': nothingToPay,
  'AWS::IAM::Policy': nothingToPay,
  'AWS::IAM::Role': nothingToPay,
  'AWS::KMS::Alias': nothingToPay,
  'AWS::Lambda::EventInvokeConfig': countedElsewhere('the function'),
  'AWS::Lambda::EventSourceMapping': 'its receives and deletions are counted at the queue',
  'AWS::Lambda::Permission': nothingToPay,
  'AWS::Logs::LogGroup': 'what is written is counted at the function or API that writes it',
  'AWS::Logs::LogStream': countedElsewhere('who writes it'),
  'AWS::Logs::QueryDefinition':
    'saved queries are free; running one costs half a cent for each GB that it reads',
  'AWS::S3::BucketPolicy': nothingToPay,
  'AWS::SES::ConfigurationSetEventDestination': nothingToPay,
  'AWS::SES::Template': nothingToPay,
  'AWS::SNS::TopicPolicy': nothingToPay,
  'AWS::SQS::QueuePolicy': nothingToPay,
  'AWS::SSM::Parameter': 'standard parameters are free',
};
