import type { Edge } from './edge.ts';
import { alarmEdges } from './finders/alarms.ts';
import { budgetEdges } from './finders/budgets.ts';
import { chatEdges } from './finders/chat.ts';
import { trailEdges } from './finders/cloudtrail.ts';
import { pipeEdges, ruleEdges, scheduleEdges } from './finders/events.ts';
import { type FindEdges, unknownDelivery } from './finders/finder.ts';
import { firehoseEdges } from './finders/firehose.ts';
import { routeEdges } from './finders/http-api.ts';
import { functionEdges, invokeConfigEdges, mappingEdges } from './finders/lambda.ts';
import { bucketEdges, customNotificationEdges } from './finders/s3.ts';
import { scheduleGroupEdges } from './finders/schedule-groups.ts';
import { mailEventEdges } from './finders/ses.ts';
import { subscriptionEdges, topicEdges } from './finders/sns.ts';
import { redriveEdges } from './finders/sqs.ts';
import { stateMachineEdges } from './finders/states.ts';
import type { Proof } from './questions.ts';

/** How each type of resource delivers. */
const finders: Readonly<Record<string, FindEdges>> = {
  'AWS::ApiGatewayV2::Route': routeEdges,
  'AWS::Budgets::Budget': budgetEdges,
  'AWS::Chatbot::SlackChannelConfiguration': chatEdges,
  'AWS::CloudTrail::Trail': trailEdges,
  'AWS::CloudWatch::Alarm': alarmEdges,
  'AWS::CloudWatch::CompositeAlarm': alarmEdges,
  'AWS::Events::Rule': ruleEdges,
  'AWS::KinesisFirehose::DeliveryStream': firehoseEdges,
  'AWS::Lambda::EventInvokeConfig': invokeConfigEdges,
  'AWS::Lambda::EventSourceMapping': mappingEdges,
  'AWS::Lambda::Function': functionEdges,
  'AWS::Pipes::Pipe': pipeEdges,
  'AWS::S3::Bucket': bucketEdges,
  'AWS::SES::ConfigurationSetEventDestination': mailEventEdges,
  'AWS::SNS::Subscription': subscriptionEdges,
  'AWS::SNS::Topic': topicEdges,
  'AWS::SQS::Queue': redriveEdges,
  'AWS::Scheduler::Schedule': scheduleEdges,
  'AWS::Scheduler::ScheduleGroup': scheduleGroupEdges,
  'AWS::StepFunctions::StateMachine': stateMachineEdges,
  'Custom::S3BucketNotifications': customNotificationEdges,
};

/** Types that deliver in ways that have no rule yet, and how. */
const unknownDeliverers: Readonly<Record<string, string>> = {
  'AWS::ApiGateway::Method': 'REST API method',
  'AWS::AutoScaling::AutoScalingGroup': 'Notification of scaling',
  'AWS::AutoScaling::LifecycleHook': 'Lifecycle hook',
  'AWS::CE::AnomalySubscription': 'Cost anomaly',
  'AWS::CloudFormation::Stack': 'Nested stack',
  'AWS::CodeStarNotifications::NotificationRule': 'Notification rule',
  'AWS::Config::DeliveryChannel': 'Configuration history',
  'AWS::IoT::TopicRule': 'IoT rule',
  'AWS::Logs::SubscriptionFilter': 'Log subscription',
  'AWS::RDS::EventSubscription': 'Database events',
  'AWS::SES::ReceiptRule': 'Received mail',
};

/** Deliverers that deliver nothing unless a property says where to. */
const onlyWith: Readonly<Record<string, string>> = {
  'AWS::AutoScaling::AutoScalingGroup': 'NotificationConfigurations',
  'AWS::AutoScaling::LifecycleHook': 'NotificationTargetARN',
};

/** Every edge along which the stacks of an app deliver, found from their templates. */
export function deliveryEdges(proof: Proof): readonly Edge[] {
  return proof.app.resources.flatMap(resource => {
    const how = unknownDeliverers[resource.type];
    if (how === undefined) return finders[resource.type]?.(resource, proof) ?? [];
    const property = onlyWith[resource.type];
    const delivers = property === undefined || resource.property(property) !== undefined;
    return delivers ? [unknownDelivery(resource, how)] : [];
  });
}
