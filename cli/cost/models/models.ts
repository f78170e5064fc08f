import { CommandFailure } from '../../command-errors.ts';
import type { Resource } from '../templates.ts';
import { alarmModel, compositeAlarmModel } from './alarm.ts';
import { brokerModel } from './broker.ts';
import { bucketModel } from './bucket.ts';
import { containerServiceModel } from './container-service.ts';
import { dashboardModel } from './dashboard.ts';
import { deliveryStreamModel } from './delivery-stream.ts';
import { endpointModel } from './endpoint.ts';
import { freeTypes } from './free-types.ts';
import { functionModel } from './function.ts';
import { httpApiModel } from './http-api.ts';
import { instanceModel, scalingGroupModel } from './instances.ts';
import { keyModel } from './key.ts';
import { loadBalancerModel } from './load-balancer.ts';
import { mailModel } from './mail.ts';
import type { CostModel } from './model.ts';
import { queueModel } from './queue.ts';
import { scheduleGroupModel } from './schedule-group.ts';
import { secretModel } from './secret.ts';
import { pipeModel, streamModel } from './stream.ts';
import { subscriptionModel } from './subscription.ts';
import { tableModel } from './table.ts';
import { topicModel } from './topic.ts';
import { trailModel } from './trail.ts';
import { workflowModel } from './workflow.ts';

const models: Readonly<Record<string, CostModel>> = {
  'AWS::AmazonMQ::Broker': brokerModel,
  'AWS::ApiGatewayV2::Api': httpApiModel,
  'AWS::AutoScaling::AutoScalingGroup': scalingGroupModel,
  'AWS::CloudTrail::Trail': trailModel,
  'AWS::CloudWatch::Alarm': alarmModel,
  'AWS::CloudWatch::CompositeAlarm': compositeAlarmModel,
  'AWS::CloudWatch::Dashboard': dashboardModel,
  'AWS::DynamoDB::Table': tableModel,
  'AWS::EC2::Instance': instanceModel,
  'AWS::EC2::VPCEndpoint': endpointModel,
  'AWS::ECS::Service': containerServiceModel,
  'AWS::ElasticLoadBalancingV2::LoadBalancer': loadBalancerModel,
  'AWS::KMS::Key': keyModel,
  'AWS::Kinesis::Stream': streamModel,
  'AWS::KinesisFirehose::DeliveryStream': deliveryStreamModel,
  'AWS::Lambda::Function': functionModel,
  'AWS::Pipes::Pipe': pipeModel,
  'AWS::S3::Bucket': bucketModel,
  'AWS::SES::ConfigurationSet': mailModel,
  'AWS::SNS::Subscription': subscriptionModel,
  'AWS::SNS::Topic': topicModel,
  'AWS::SQS::Queue': queueModel,
  'AWS::Scheduler::ScheduleGroup': scheduleGroupModel,
  'AWS::SecretsManager::Secret': secretModel,
  'AWS::StepFunctions::StateMachine': workflowModel,
};

const nothing: CostModel = () => [];

/** @throws CommandFailure that tells how to add the model of a type that has none. */
export function modelOf({ type, path }: Resource, system: string): CostModel {
  const model = models[type] ?? (type in freeTypes ? nothing : undefined);
  if (model) return model;
  throw new CommandFailure(
    `${type} (${path} of ${system}) has no cost model. If AWS charges for it, write one in cli/cost/models/ (a file ` +
      'with a function from the resource and the flow of messages to charges; secret.ts is the simplest), name it in ' +
      'cli/cost/models/models.ts, and put its prices into cli/cost/prices/us-east-1.json with the page that says ' +
      'them. If not, say why in cli/cost/models/free-types.ts.',
  );
}

/** Types that are both charged for and said to be free. */
export function contradictions(): readonly string[] {
  return Object.keys(models).filter(type => type in freeTypes);
}
