import { AccessLogDelivery } from './access-log-delivery.ts';
import { arnParts, foreignAccount } from './account.ts';
import { BrokerPolling } from './broker-polling.ts';
import { DeliveryUnderRole, type RoleDeliveryDetails } from './delivery-under-role.ts';
import type { DeployedResource } from './deployed-stack.ts';
import { type Edge, UnseenEdge } from './edge.ts';
import { listOf } from './policies.ts';
import type { PolicyWorld } from './policy-world.ts';
import { PollingByFunction } from './polling-by-function.ts';
import { Redrive, settingOf } from './redrive.ts';
import { ScheduleDelivery } from './schedule-delivery.ts';
import { SendingByFunction } from './sending-by-function.ts';
import { type DeliverySource, ServiceDelivery } from './service-delivery.ts';
import { TrailDelivery } from './trail-delivery.ts';
import { WorkflowDelivery } from './workflow-delivery.ts';

type FindEdges = (resource: DeployedResource, world: PolicyWorld) => readonly Edge[];

/** How each type of resource delivers. */
const finders: Readonly<Record<string, FindEdges>> = {
  'AWS::ApiGatewayV2::Route': integrationEdges,
  'AWS::Budgets::Budget': budgetEdges,
  'AWS::CloudTrail::Trail': trailEdges,
  'AWS::CloudWatch::Alarm': alarmEdges,
  'AWS::CloudWatch::CompositeAlarm': alarmEdges,
  'AWS::Events::Rule': ruleEdges,
  'AWS::KinesisFirehose::DeliveryStream': firehoseEdges,
  'AWS::Lambda::EventInvokeConfig': destinationEdges,
  'AWS::Lambda::EventSourceMapping': mappingEdges,
  'AWS::Lambda::Function': functionEdges,
  'AWS::S3::Bucket': bucketEdges,
  'AWS::SES::ConfigurationSetEventDestination': mailEventEdges,
  'AWS::SNS::Subscription': subscriptionEdges,
  'AWS::SQS::Queue': redriveEdges,
  'AWS::Scheduler::ScheduleGroup': scheduleGroupEdges,
  'AWS::StepFunctions::StateMachine': stateMachineEdges,
};

/** Types that deliver in ways that have no finder above yet. */
const unknownDeliverers = new Set([
  'AWS::ApiGateway::Method',
  'AWS::Pipes::Pipe',
  'AWS::Scheduler::Schedule',
  'Custom::S3BucketNotifications',
]);

const unknownDelivery = 'no finder knows how it delivers. Add one in test/support/policy/delivery-edges.ts.';

/** Every edge along which the stacks of the world deliver, found from their templates. */
export function deliveryEdges(world: PolicyWorld): readonly Edge[] {
  return world.resources.flatMap(resource => {
    if (unknownDeliverers.has(resource.type)) return [new UnseenEdge(resource.path, unknownDelivery)];
    return finders[resource.type]?.(resource, world) ?? [];
  });
}

/** A resource as the source of what a service delivers. */
function sourceFrom(resource: DeployedResource): DeliverySource {
  const { path, arn, account, name } = resource;
  if (arn === undefined) {
    throw new Error(
      `${path} has no ARN that the policy tests know. Say it in test/support/policy/resource-identity.ts.`,
    );
  }
  return { path, arn, account, name };
}

function subscriptionEdges(subscription: DeployedResource, world: PolicyWorld): readonly Edge[] {
  const topicArn = String(subscription.property('TopicArn'));
  const source = {
    path: world.referredTo(topicArn)?.path ?? topicArn,
    arn: topicArn,
    account: arnParts(topicArn).account,
    name: topicArn.split(':').at(-1) ?? topicArn,
  };
  const actions: Readonly<Record<string, string>> = {
    sqs: 'sqs:SendMessage',
    lambda: 'lambda:InvokeFunction',
  };
  const action = actions[String(subscription.property('Protocol'))];
  const redrive = settingOf<{ readonly deadLetterTargetArn: string }>(subscription, 'RedrivePolicy');
  const destinations = [
    ...(action ? [{ action, endpoint: subscription.property('Endpoint') }] : []),
    ...(redrive ? [{ action: 'sqs:SendMessage', endpoint: redrive.deadLetterTargetArn }] : []),
  ];
  return [
    ...destinations.map(({ action, endpoint }) =>
      serviceDelivery(world, 'sns.amazonaws.com', source, action, endpoint),
    ),
    ...(subscription.property('Protocol') === 'firehose'
      ? [
          deliveryUnderRole(
            world,
            source.path,
            subscription.property('SubscriptionRoleArn'),
            subscription.property('Endpoint'),
            { service: 'sns.amazonaws.com', actions: ['firehose:PutRecord', 'firehose:PutRecordBatch'] },
          ),
        ]
      : []),
  ];
}

/** A delivery stream writes objects under its prefixes, up to where those are filled in. */
function firehoseEdges(stream: DeployedResource, world: PolicyWorld): readonly Edge[] {
  const destination = stream.property('ExtendedS3DestinationConfiguration') as
    | Readonly<Record<'BucketARN' | 'RoleARN' | 'Prefix' | 'ErrorOutputPrefix', string>>
    | undefined;
  if (destination === undefined) return [new UnseenEdge(stream.path, unknownDelivery)];
  const { BucketARN, RoleARN, Prefix, ErrorOutputPrefix } = destination;
  return [
    deliveryUnderRole(world, stream.path, RoleARN, BucketARN, {
      service: 'firehose.amazonaws.com',
      assumedWith: { 'sts:ExternalId': { own: stream.account, others: foreignAccount } },
      actions: ['s3:PutObject'],
      parts: [Prefix, ErrorOutputPrefix].map(prefix => `/${prefix.split('!{')[0]}any`),
    }),
  ];
}

function alarmEdges(alarm: DeployedResource, world: PolicyWorld): readonly Edge[] {
  const targets = ['AlarmActions', 'InsufficientDataActions', 'OKActions'].flatMap(name =>
    listOf(alarm.property(name) as readonly string[] | undefined),
  );
  return [...new Set(targets)].flatMap(target => {
    // CloudWatch scales by its service-linked role, which no policy of the app has a say in.
    if (target.startsWith('arn:aws:autoscaling:')) return [];
    if (!target.startsWith('arn:aws:sns:')) {
      return [new UnseenEdge(`${alarm.path} → ${target}`, unknownDelivery)];
    }
    return [serviceDelivery(world, 'cloudwatch.amazonaws.com', sourceFrom(alarm), 'sns:Publish', target)];
  });
}

function integrationEdges(route: DeployedResource, world: PolicyWorld): readonly Edge[] {
  const integration = world.referredTo(String(route.property('Target')).replace('integrations/', ''));
  // Into a network: no policy decides, but security groups, which the service's own tests follow.
  if (integration?.property('ConnectionType') === 'VPC_LINK') return [];
  if (integration?.property('IntegrationType') !== 'AWS_PROXY') {
    return [new UnseenEdge(route.path, unknownDelivery)];
  }
  const { account, region } = route;
  const api = String(route.property('ApiId'));
  const [method, path] = String(route.property('RouteKey')).split(' ');
  const source = {
    path: route.path,
    arn: `arn:aws:execute-api:${region}:${account}:${api}/$default/${method}${path ?? ''}`,
    account,
    name: api,
  };
  const target = integration.property('IntegrationUri');
  return [serviceDelivery(world, 'apigateway.amazonaws.com', source, 'lambda:InvokeFunction', target)];
}

/** A budget publishes for the account: it is let in by the ARN of all budgets, so that no other is a neighbour. */
function budgetEdges(budget: DeployedResource, world: PolicyWorld): readonly Edge[] {
  const notifications = (budget.property('NotificationsWithSubscribers') ?? []) as readonly {
    readonly Subscribers: readonly { readonly SubscriptionType: string; readonly Address: string }[];
  }[];
  const topics = notifications
    .flatMap(({ Subscribers }) => Subscribers)
    .filter(({ SubscriptionType }) => SubscriptionType === 'SNS')
    .map(({ Address }) => Address);
  const source = { ...sourceFrom(budget), name: undefined };
  return [...new Set(topics)].map(topic =>
    serviceDelivery(world, 'budgets.amazonaws.com', source, 'sns:Publish', topic),
  );
}

/** A trail writes objects under its key, and into its log under a role. */
function trailEdges(trail: DeployedResource, world: PolicyWorld): readonly Edge[] {
  const bucket = world.referredTo(trail.property('S3BucketName'));
  const key = world.referredTo(trail.property('KMSKeyId'));
  const logGroupArn = trail.property('CloudWatchLogsLogGroupArn') as string | undefined;
  return [
    bucket && key
      ? new TrailDelivery(world, { trail: sourceFrom(trail), bucket, key })
      : new UnseenEdge(trail.path, 'its bucket or its key is not in this app'),
    ...(logGroupArn === undefined
      ? []
      : [
          deliveryUnderRole(
            world,
            trail.path,
            trail.property('CloudWatchLogsRoleArn'),
            logGroupArn.replace(/:\*$/, ''),
            {
              service: 'cloudtrail.amazonaws.com',
              actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
              parts: [`:log-stream:${trail.account}_CloudTrail_${trail.region}`],
            },
          ),
        ]),
  ];
}

function ruleEdges(rule: DeployedResource, world: PolicyWorld): readonly Edge[] {
  const targets = (rule.property('Targets') ?? []) as readonly {
    readonly Arn: string;
    readonly RoleArn?: unknown;
    readonly DeadLetterConfig?: { readonly Arn: string };
  }[];
  return targets.flatMap(({ Arn: target, DeadLetterConfig: dlq, RoleArn }) => {
    const action = { lambda: 'lambda:InvokeFunction', sqs: 'sqs:SendMessage' }[target.split(':')[2] ?? ''];
    if (!action || RoleArn) return [new UnseenEdge(`${rule.path} → ${target}`, unknownDelivery)];
    const delivery = (action: string, to: string) =>
      serviceDelivery(world, 'events.amazonaws.com', sourceFrom(rule), action, to);
    return [delivery(action, target), ...(dlq ? [delivery('sqs:SendMessage', dlq.Arn)] : [])];
  });
}

function mappingEdges(mapping: DeployedResource, world: PolicyWorld): readonly Edge[] {
  const mappings = world.ofType('AWS::Lambda::EventSourceMapping').map(other => ({
    queue: world.referredTo(other.property('EventSourceArn')),
    role: roleOf(world.referredTo(other.property('FunctionName')), world),
  }));
  const queue = world.referredTo(mapping.property('EventSourceArn'));
  const role = roleOf(world.referredTo(mapping.property('FunctionName')), world);
  if (queue?.type === 'AWS::AmazonMQ::Broker' && role) return brokerEdges(mapping, queue, role, world);
  if (queue?.type !== 'AWS::SQS::Queue' || !role) {
    return [new UnseenEdge(mapping.path, 'its queue or the role of its function is not in this app')];
  }
  const own = mappings.filter(other => other.role === role).map(other => other.queue);
  const othersQueues = mappings
    .filter(other => other.role !== role && !own.includes(other.queue))
    .flatMap(other => (other.queue?.type === 'AWS::SQS::Queue' ? [other.queue] : []));
  return [new PollingByFunction(world, queue, role, othersQueues)];
}

function brokerEdges(
  mapping: DeployedResource,
  broker: DeployedResource,
  role: DeployedResource,
  world: PolicyWorld,
): readonly Edge[] {
  const accesses = (mapping.property('SourceAccessConfigurations') ?? []) as readonly { URI: unknown }[];
  const [secret] = accesses.flatMap(({ URI }) => world.referredTo(URI) ?? []);
  return [
    secret
      ? new BrokerPolling(world, { broker, secret, role })
      : new UnseenEdge(mapping.path, 'the secret of its broker is not in this app'),
  ];
}

function roleOf(fn: DeployedResource | undefined, world: PolicyWorld): DeployedResource | undefined {
  return world.referredTo(fn?.property('Role'));
}

function functionEdges(fn: DeployedResource): readonly Edge[] {
  return fn.property('DeadLetterConfig') === undefined ? [] : [new UnseenEdge(fn.path, unknownDelivery)];
}

/** Where Lambda tells of asynchronous invocations that failed; how often it tries them delivers nothing. */
function destinationEdges(config: DeployedResource, world: PolicyWorld): readonly Edge[] {
  const destinations = (config.property('DestinationConfig') ?? {}) as Readonly<
    Record<string, { readonly Destination?: unknown }>
  >;
  const role = roleOf(world.referredTo(config.property('FunctionName')), world);
  return Object.entries(destinations).map(([outcome, { Destination }]) => {
    const queue = world.referredTo(Destination);
    return outcome === 'OnFailure' && role && queue?.type === 'AWS::SQS::Queue'
      ? new SendingByFunction(world, role, queue)
      : new UnseenEdge(`${config.path} → ${String(Destination)}`, unknownDelivery);
  });
}

/** What each kind of notification does with its destination, which its settings name. */
const notificationKinds = [
  { setting: 'QueueConfigurations', names: 'Queue', action: 'sqs:SendMessage' },
  { setting: 'TopicConfigurations', names: 'Topic', action: 'sns:Publish' },
  { setting: 'LambdaConfigurations', names: 'Function', action: 'lambda:InvokeFunction' },
];

function bucketEdges(bucket: DeployedResource, world: PolicyWorld): readonly Edge[] {
  const source = sourceFrom(bucket);
  const told = (bucket.property('NotificationConfiguration') ?? {}) as Readonly<
    Record<string, readonly Readonly<Record<string, unknown>>[]>
  >;
  const deliveries = notificationKinds.flatMap(({ setting, names, action }) =>
    [...new Set((told[setting] ?? []).map(configuration => configuration[names]))].map(destination =>
      serviceDelivery(world, 's3.amazonaws.com', source, action, destination),
    ),
  );
  const unknown = Object.keys(told).filter(
    // EventBridge takes what a bucket of the account tells without anybody's leave.
    name => name !== 'EventBridgeConfiguration' && !notificationKinds.some(({ setting }) => setting === name),
  );
  return [
    ...deliveries,
    ...unknown.map(name => new UnseenEdge(`${bucket.path} → ${name}`, unknownDelivery)),
    ...accessLogEdges(bucket, world),
  ];
}

function accessLogEdges(bucket: DeployedResource, world: PolicyWorld): readonly Edge[] {
  const logging = bucket.property('LoggingConfiguration') as
    | { readonly DestinationBucketName?: string; readonly LogFilePrefix?: string }
    | undefined;
  if (logging === undefined) return [];
  const { DestinationBucketName, LogFilePrefix = '' } = logging;
  // A bucket that names none writes to itself.
  const destination = DestinationBucketName ? world.referredTo(DestinationBucketName) : bucket;
  if (destination === undefined) {
    return [new UnseenEdge(`${bucket.path} → ${DestinationBucketName}`, 'its log bucket is not in this app')];
  }
  return [new AccessLogDelivery(world, sourceFrom(bucket), destination, `${LogFilePrefix}log`)];
}

/** What a role says of the schedules that are made later, and send under it. */
interface LaterSchedules {
  readonly GroupName: string;
  readonly Target: { readonly Arn: string; readonly DeadLetterConfig: { readonly Arn: string } };
}

function scheduleGroupEdges(group: DeployedResource, world: PolicyWorld): readonly Edge[] {
  const edges = world.ofType('AWS::IAM::Role').flatMap(role => {
    const later = role.metadata('messaging:schedules') as LaterSchedules | undefined;
    if (later === undefined || world.referredTo(later.GroupName) !== group) return [];
    return [later.Target.Arn, later.Target.DeadLetterConfig.Arn].map(arn => {
      const queue = world.referredTo(arn);
      return queue
        ? new ScheduleDelivery(world, { group, role, queue })
        : new UnseenEdge(`${group.path} → ${arn}`, 'what it delivers to is not in this app');
    });
  });
  return edges.length > 0 ? edges : [new UnseenEdge(group.path, unknownDelivery)];
}

/** What the states of a workflow do, by the integration: the action, and the parameter that names the other end. */
const integrations: readonly (readonly [resource: RegExp, action: string, parameter: string])[] = [
  [/^arn:aws:states:::sqs:sendMessage(\.waitForTaskToken)?$/, 'sqs:SendMessage', 'QueueUrl'],
  [/^arn:aws:states:::lambda:invoke(\.waitForTaskToken)?$/, 'lambda:InvokeFunction', 'FunctionName'],
];

interface WorkflowState {
  readonly Type: string;
  readonly Resource?: string;
  readonly Parameters?: Readonly<Record<string, unknown>>;
}

/** The states of a workflow, none of which has states of its own here. */
function stateMachineEdges(machine: DeployedResource, world: PolicyWorld): readonly Edge[] {
  const { States } = JSON.parse(String(machine.property('DefinitionString'))) as {
    readonly States: Readonly<Record<string, WorkflowState>>;
  };
  const role = world.referredTo(machine.property('RoleArn'));
  return Object.entries(States).flatMap<Edge>(([name, { Type, Resource = '', Parameters }]) => {
    if (['Choice', 'Fail', 'Pass', 'Succeed', 'Wait'].includes(Type)) return [];
    const [, action, parameter = ''] = integrations.find(([resource]) => resource.test(Resource)) ?? [];
    const destination = world.referredTo(Parameters?.[parameter]);
    return role && action && destination
      ? [new WorkflowDelivery(world, { machine, role, action, destination })]
      : [new UnseenEdge(`${machine.path} (${name})`, unknownDelivery)];
  });
}

/** SES tells a topic of mails, for the configuration set that they were sent with. */
function mailEventEdges(destination: DeployedResource, world: PolicyWorld): readonly Edge[] {
  const { SnsDestination } = (destination.property('EventDestination') ?? {}) as {
    readonly SnsDestination?: { readonly TopicARN: string };
  };
  const settings = world.referredTo(destination.property('ConfigurationSetName'));
  if (SnsDestination === undefined || settings === undefined) {
    return [new UnseenEdge(destination.path, unknownDelivery)];
  }
  return [
    serviceDelivery(world, 'ses.amazonaws.com', sourceFrom(settings), 'sns:Publish', SnsDestination.TopicARN),
  ];
}

function redriveEdges(queue: DeployedResource, world: PolicyWorld): readonly Edge[] {
  const redrive = settingOf<{ readonly deadLetterTargetArn: string }>(queue, 'RedrivePolicy');
  if (!redrive) return [];
  const deadLetterQueue = world.referredTo(redrive.deadLetterTargetArn);
  return [
    deadLetterQueue
      ? new Redrive(queue, deadLetterQueue)
      : new UnseenEdge(`${queue.path} → ${redrive.deadLetterTargetArn}`, 'its DLQ is not in this app'),
  ];
}

function serviceDelivery(
  world: PolicyWorld,
  service: string,
  source: DeliverySource,
  action: string,
  target: unknown,
): Edge {
  const destination = world.referredTo(target);
  return destination
    ? new ServiceDelivery(world, { service, source, action, destination })
    : new UnseenEdge(`${source.path} → ${String(target)}`, 'what it delivers to is not in this app');
}

function deliveryUnderRole(
  world: PolicyWorld,
  from: string,
  role: unknown,
  target: unknown,
  how: Omit<RoleDeliveryDetails, 'from' | 'role' | 'destination'>,
): Edge {
  const destination = world.referredTo(target);
  const taken = world.referredTo(role);
  return destination && taken
    ? new DeliveryUnderRole(world, { ...how, from, role: taken, destination })
    : new UnseenEdge(`${from} → ${String(target)}`, 'what it delivers to, or its role, is not in this app');
}
