import type { StackTemplate } from '../../../local/assembly/template.ts';
import type { FleetModel } from '../../../local/simulation/fleet-model.ts';
import { readFleets } from '../../../local/simulation/template-fleets.ts';

type Json = Readonly<Record<string, unknown>>;

export interface QueueStackOptions {
  /** Metric math of what is tracked, of `waiting`, `busy` and `workers`. @default 'waiting / workers' */
  readonly tracked?: string;
  /** @default 10 */
  readonly target?: number;
  /** Metric math of what wakes the fleet, of `waiting` and `desired`; undefined for no such policy. */
  readonly wakes?: string | undefined;
  /** Workers to begin with, by messages beyond the first. @default [{ from: 0, workers: 1 }, { from: 10, workers: 10 }] */
  readonly steps?: readonly { readonly from: number; readonly workers: number }[];
  /** Seconds. @default 60 */
  readonly warmUp?: number;
  /** Seconds that a launch may take. @default 600 */
  readonly launchTimeout?: number;
  /** @default true */
  readonly drains?: boolean;
  /** @default 50 */
  readonly most?: number;
  /** Properties of the group, over these. */
  readonly group?: Json;
}

const defaultWake = 'IF(FILL(desired, 0) > 0, 0, waiting)';

/** A fleet on a queue in a template made by hand: the same policies as those of the constructs, as far as nothing else is asked for. */
export function queueStack(options: QueueStackOptions = {}): StackTemplate {
  const { target = 10, tracked = 'waiting / workers' } = options;
  const wakes = 'wakes' in options ? options.wakes : defaultWake;
  return stackOf({
    Jobs: {
      Type: 'AWS::SQS::Queue',
      Properties: { VisibilityTimeout: 120, RedrivePolicy: { maxReceiveCount: 5 } },
    },
    Program: {
      Type: 'AWS::EC2::LaunchTemplate',
      Properties: { LaunchTemplateData: { UserData: { 'Fn::Base64': bootScript } } },
    },
    Group: {
      Type: 'AWS::AutoScaling::AutoScalingGroup',
      Properties: { ...groupOf(options), ...options.group },
    },
    Backlog: {
      Type: 'AWS::AutoScaling::ScalingPolicy',
      Properties: {
        AutoScalingGroupName: { Ref: 'Group' },
        PolicyType: 'TargetTrackingScaling',
        TargetTrackingConfiguration: {
          TargetValue: target,
          CustomizedMetricSpecification: {
            Metrics: [waiting, busy, inService, { Id: 'tracked', Expression: tracked, ReturnData: true }],
          },
        },
      },
    },
    ...(wakes === undefined ? {} : wakeUp(wakes, options.steps)),
  });
}

/** A stack with these resources. */
export function stackOf(resources: Readonly<Record<string, unknown>>): StackTemplate {
  const none = { Parameters: {}, Conditions: {}, Mappings: {}, Outputs: {} };
  return {
    name: 'videos',
    displayName: 'videos',
    region: 'us-east-1',
    template: { Resources: resources as StackTemplate['template']['Resources'], ...none },
    dependencies: [],
    paths: {},
    assets: {},
  };
}

export function fleetOf(stack: StackTemplate): FleetModel {
  const [fleet] = readFleets([stack], stack.name);
  if (fleet === undefined) throw new Error(`${stack.name} has no fleet`);
  return fleet;
}

/** Messages that wait, and how busy the workers are: with the second, no one leaves who is needed. */
export const steady = 'MAX([waiting / workers, 0.95 * 10 * IF(busy > workers, workers, busy) / workers])';

const bootScript = [
  "cat > /etc/worker/environment <<'END'",
  'CONCURRENCY="1"',
  'JOB_TIMEOUT_SECONDS="1200"',
  'SHUTDOWN_SECONDS="1200"',
  'LIFECYCLE_HOOK_NAME="drain"',
  'PLATFORM="ec2"',
  'END',
].join('\n');

function groupOf({ warmUp = 60, launchTimeout = 600, drains = true, most = 50 }: QueueStackOptions): Json {
  return {
    MinSize: '0',
    MaxSize: String(most),
    DefaultInstanceWarmup: warmUp,
    LaunchTemplate: { LaunchTemplateId: { Ref: 'Program' }, Version: '1' },
    LifecycleHookSpecificationList: [
      {
        LifecycleHookName: 'ready',
        LifecycleTransition: 'autoscaling:EC2_INSTANCE_LAUNCHING',
        HeartbeatTimeout: launchTimeout,
        DefaultResult: 'ABANDON',
      },
      ...(drains
        ? [
            {
              LifecycleHookName: 'drain',
              LifecycleTransition: 'autoscaling:EC2_INSTANCE_TERMINATING',
              HeartbeatTimeout: 600,
              DefaultResult: 'CONTINUE',
            },
          ]
        : []),
    ],
  };
}

function wakeUp(
  expression: string,
  steps: NonNullable<QueueStackOptions['steps']> = [
    { from: 0, workers: 1 },
    { from: 10, workers: 10 },
  ],
): Json {
  return {
    WakeUp: {
      Type: 'AWS::AutoScaling::ScalingPolicy',
      Properties: {
        AutoScalingGroupName: { Ref: 'Group' },
        PolicyType: 'StepScaling',
        AdjustmentType: 'ChangeInCapacity',
        StepAdjustments: steps.map(({ from, workers }, index) => ({
          MetricIntervalLowerBound: from,
          ...(steps[index + 1] && { MetricIntervalUpperBound: steps[index + 1]?.from }),
          ScalingAdjustment: workers,
        })),
      },
    },
    Waiting: {
      Type: 'AWS::CloudWatch::Alarm',
      Properties: {
        AlarmActions: [{ Ref: 'WakeUp' }],
        ComparisonOperator: 'GreaterThanOrEqualToThreshold',
        EvaluationPeriods: 1,
        Threshold: 1,
        TreatMissingData: 'notBreaching',
        Metrics: [
          { Id: 'wakes', Expression: expression, ReturnData: true },
          everyMinute(waiting),
          everyMinute(desired),
        ],
      },
    },
  };
}

interface Query {
  readonly Id: string;
  readonly ReturnData: boolean;
  readonly MetricStat: Json;
}

function query(Id: string, Namespace: string, MetricName: string, dimension: string, Value: unknown): Query {
  const Metric = { Namespace, MetricName, Dimensions: [{ Name: dimension, Value }] };
  return { Id, ReturnData: false, MetricStat: { Metric, Stat: 'Average' } };
}

const queueName = { 'Fn::GetAtt': ['Jobs', 'QueueName'] };
const groupName = { Ref: 'Group' };
const waiting = query('waiting', 'AWS/SQS', 'ApproximateNumberOfMessagesVisible', 'QueueName', queueName);
const busy = query('busy', 'AWS/SQS', 'ApproximateNumberOfMessagesNotVisible', 'QueueName', queueName);
const inService = query(
  'workers',
  'AWS/AutoScaling',
  'GroupInServiceInstances',
  'AutoScalingGroupName',
  groupName,
);
const desired = query(
  'desired',
  'AWS/AutoScaling',
  'GroupDesiredCapacity',
  'AutoScalingGroupName',
  groupName,
);

const everyMinute = (metric: Query) => ({ ...metric, MetricStat: { ...metric.MetricStat, Period: 60 } });
