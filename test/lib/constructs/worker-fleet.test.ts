import { Duration } from 'aws-cdk-lib';
import { Alarm, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { InstanceType } from 'aws-cdk-lib/aws-ec2';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { parseEnvironment } from '../../../contracts/environment.ts';
import { checkedWorkerEnvironment } from '../../../contracts/worker.ts';
import { DurableQueue } from '../../../lib/constructs/durable-queue.ts';
import { PropsError } from '../../../lib/constructs/validation.ts';
import { WorkerFleet, type WorkerFleetProps } from '../../../lib/constructs/worker-fleet.ts';
import {
  onlyResource,
  referredId,
  resourceOf,
  resourcesOfType,
  templateOf,
  testStack,
} from '../../support/stack-template.ts';
import { type TierProps, tierProps } from '../../support/worker-tier.ts';

type FleetProps = WorkerFleetProps<unknown, TierProps['job']['environment']>;
type Options = Partial<FleetProps> & { readonly visibilityTimeout?: Duration };

function makeFleet({ visibilityTimeout, ...options }: Options = {}) {
  const stack = testStack();
  const props = tierProps(stack, WorkerFleet.services);
  const fleet = new WorkerFleet(stack, 'BackEnd', {
    ...props,
    ...(visibilityTimeout && { queue: new DurableQueue(stack, 'Other', { visibilityTimeout }) }),
    ...options,
  });
  return { stack, fleet, ...props };
}

const groupOf = (options?: Options) =>
  onlyResource(makeFleet(options).stack, 'AWS::AutoScaling::AutoScalingGroup');

const launchedBy = (options?: Options) =>
  onlyResource(makeFleet(options).stack, 'AWS::EC2::LaunchTemplate').Properties
    .LaunchTemplateData as Readonly<Record<string, unknown>>;

/** User data, with a word in the place of each reference. */
function userDataOf(options?: Options): string {
  const { 'Fn::Base64': script } = launchedBy(options).UserData as { 'Fn::Base64': unknown };
  const parts = (script as { 'Fn::Join': [string, unknown[]] })['Fn::Join'][1];
  return parts.map(part => (typeof part === 'string' ? part : 'https://reference')).join('');
}

function environmentIn(userData: string): Record<string, string> {
  const file = userData.match(/^cat > \/etc\/worker\/environment <<'END'\n(.*?)\nEND$/ms)?.[1] ?? '';
  return Object.fromEntries(
    [...file.matchAll(/^(\w+)="(.*)"$/gm)].map(([, name = '', value = '']) => [name, value]),
  );
}

const policiesOf = (options?: Options) =>
  resourcesOfType(templateOf(makeFleet(options).stack), 'AWS::AutoScaling::ScalingPolicy').map(
    ([, { Properties }]) => Properties,
  );

describe('instances of a WorkerFleet', () => {
  it('are small Arm instances by default', () => {
    expect(launchedBy().InstanceType).toBe('t4g.small');
  });

  it('answer for their metadata to themselves alone, and by token', () => {
    expect(launchedBy().MetadataOptions).toEqual({ HttpTokens: 'required', HttpPutResponseHopLimit: 1 });
  });

  it('have an encrypted disk of 16 GiB by default, and no key pair', () => {
    expect(launchedBy()).toMatchObject({
      BlockDeviceMappings: [{ Ebs: { Encrypted: true, VolumeSize: 16, VolumeType: 'gp3' } }],
      Monitoring: { Enabled: true },
    });
    expect(launchedBy()).not.toHaveProperty('KeyName');
    expect(launchedBy({ diskSize: 100 })).toMatchObject({
      BlockDeviceMappings: [{ Ebs: { VolumeSize: 100 } }],
    });
  });

  it('carry the group that lets nobody in', () => {
    const { stack, fleet } = makeFleet();
    const { LaunchTemplateData } = onlyResource(stack, 'AWS::EC2::LaunchTemplate').Properties;
    expect((LaunchTemplateData as { SecurityGroupIds: unknown }).SecurityGroupIds).toEqual([
      stack.resolve(fleet.securityGroup.securityGroupId),
    ]);
    expect(resourceOf(fleet.securityGroup).Properties).not.toHaveProperty('SecurityGroupIngress');
  });

  it('live in isolated subnets of every zone of the network', () => {
    const { stack, network } = makeFleet();
    expect(onlyResource(stack, 'AWS::AutoScaling::AutoScalingGroup').Properties.VPCZoneIdentifier).toEqual(
      network.vpc.isolatedSubnets.map(({ subnetId }) => stack.resolve(subnetId)),
    );
  });

  it('start when the network and their permissions are there', () => {
    const { stack, network } = makeFleet();
    const waitedFor = onlyResource(stack, 'AWS::AutoScaling::AutoScalingGroup').DependsOn;
    for (const service of WorkerFleet.services) {
      const endpoint = network.endpoint(service).node.defaultChild as never;
      expect(waitedFor).toContain(stack.getLogicalId(endpoint));
    }
    const [[policy = ''] = []] = resourcesOfType(templateOf(stack), 'AWS::IAM::Policy').filter(([id]) =>
      id.startsWith('BackEndRole'),
    );
    expect(waitedFor).toContain(policy);
  });
});

describe('what a WorkerFleet tells its workers', () => {
  const environment = environmentIn(userDataOf());

  it('is what a worker asks for', () => {
    expect(() => parseEnvironment(checkedWorkerEnvironment as never, environment)).not.toThrow();
    expect(environment).toEqual({
      OUTPUT_BUCKET: 'cut',
      JOB: 'cut-video',
      QUEUE_URL: 'https://reference',
      AWS_REGION: 'https://reference',
      LOG_LEVEL: 'INFO',
      POWERTOOLS_SERVICE_NAME: 'back-end',
      POWERTOOLS_METRICS_NAMESPACE: 'VideoProcessing',
      CONCURRENCY: '1',
      VISIBILITY_TIMEOUT_SECONDS: '300',
      JOB_TIMEOUT_SECONDS: '900',
      PLATFORM: 'ec2',
      SHUTDOWN_SECONDS: '900',
      HEALTH_PORT: '8080',
      AUTO_SCALING_GROUP_NAME: 'orders-back-end',
      LIFECYCLE_HOOK_NAME: 'drain',
    });
  });

  it('gives a worker that stops as long as a job may take', () => {
    const userData = userDataOf({ jobTimeout: Duration.hours(2) });
    expect(environmentIn(userData)).toMatchObject({ JOB_TIMEOUT_SECONDS: '7200', SHUTDOWN_SECONDS: '7200' });
    expect(userData).toContain('TimeoutStopSec=7215');
  });

  it('changes with the program, so that instances are replaced', () => {
    const { stack } = makeFleet();
    expect(userDataOf()).toMatch(/aws s3 cp .*\/[0-9a-f]{64}\.zip' \/opt\/worker\/bundle\.zip/);
    const [[template = ''] = []] = resourcesOfType(templateOf(stack), 'AWS::EC2::LaunchTemplate');
    expect(onlyResource(stack, 'AWS::AutoScaling::AutoScalingGroup').Properties.LaunchTemplate).toEqual({
      LaunchTemplateId: { Ref: template },
      Version: { 'Fn::GetAtt': [template, 'LatestVersionNumber'] },
    });
  });
});

describe('coming and going of a WorkerFleet', () => {
  it('is between none and ten instances by default', () => {
    expect(groupOf().Properties).toMatchObject({ MinSize: '0', MaxSize: '10' });
    expect(groupOf().Properties).not.toHaveProperty('DesiredCapacity');
    expect(groupOf({ minInstances: 1, maxInstances: 3 }).Properties).toMatchObject({
      MinSize: '1',
      MaxSize: '3',
    });
  });

  it('has an instance in service when its worker says so, or else replaces it', () => {
    expect(groupOf().Properties.LifecycleHookSpecificationList).toContainEqual({
      LifecycleHookName: 'ready',
      LifecycleTransition: 'autoscaling:EC2_INSTANCE_LAUNCHING',
      HeartbeatTimeout: 600,
      DefaultResult: 'ABANDON',
    });
    expect(
      groupOf({ bootTimeout: Duration.minutes(30) }).Properties.LifecycleHookSpecificationList,
    ).toContainEqual(expect.objectContaining({ LifecycleHookName: 'ready', HeartbeatTimeout: 1_800 }));
  });

  it('lets an instance go when its worker has drained, which may take as long as any job', () => {
    const hooks = groupOf().Properties.LifecycleHookSpecificationList as {
      LifecycleHookName: string;
      HeartbeatTimeout: number;
    }[];
    const drain = hooks.find(({ LifecycleHookName }) => LifecycleHookName === 'drain');
    expect(drain).toMatchObject({
      LifecycleTransition: 'autoscaling:EC2_INSTANCE_TERMINATING',
      DefaultResult: 'CONTINUE',
    });
    // EC2 Auto Scaling ends the wait after a hundred heartbeats.
    expect(100 * (drain?.HeartbeatTimeout ?? 0)).toBeGreaterThan(Duration.hours(11).toSeconds());
  });

  it('counts its instances every minute, which scaling divides by', () => {
    expect(groupOf().Properties.MetricsCollection).toEqual([
      {
        Granularity: '1Minute',
        Metrics: [
          'GroupDesiredCapacity',
          'GroupInServiceInstances',
          'GroupPendingInstances',
          'GroupTerminatingInstances',
        ],
      },
    ]);
  });

  it('follows what waits for each instance: the acceptable latency by the time of a message', () => {
    const [policy] = policiesOf({ concurrency: 3 }).filter(
      ({ PolicyType }) => PolicyType === 'TargetTrackingScaling',
    );
    const { stack, queue } = makeFleet();
    expect(policy?.TargetTrackingConfiguration).toEqual({
      TargetValue: 30,
      CustomizedMetricSpecification: {
        Metrics: [
          {
            Id: 'waiting',
            MetricStat: {
              Metric: {
                Namespace: 'AWS/SQS',
                MetricName: 'ApproximateNumberOfMessagesVisible',
                Dimensions: [{ Name: 'QueueName', Value: stack.resolve(queue.queue.queueName) }],
              },
              Stat: 'Average',
            },
            ReturnData: false,
          },
          {
            Id: 'busy',
            MetricStat: {
              Metric: {
                Namespace: 'AWS/SQS',
                MetricName: 'ApproximateNumberOfMessagesNotVisible',
                Dimensions: [{ Name: 'QueueName', Value: stack.resolve(queue.queue.queueName) }],
              },
              Stat: 'Average',
            },
            ReturnData: false,
          },
          {
            Id: 'workers',
            MetricStat: {
              Metric: {
                Namespace: 'AWS/AutoScaling',
                MetricName: 'GroupInServiceInstances',
                Dimensions: [{ Name: 'AutoScalingGroupName', Value: 'orders-back-end' }],
              },
              Stat: 'Average',
            },
            ReturnData: false,
          },
          { Id: 'queued', Expression: 'waiting / workers', ReturnData: false },
          { Id: 'occupied', Expression: 'busy / (workers * 3)', ReturnData: false },
          { Id: 'held', Expression: '28.5 * IF(occupied > 1, 1, occupied)', ReturnData: false },
          {
            Id: 'backlogPerWorker',
            Label: 'Waiting messages per worker, or their share of work',
            Expression: 'MAX([queued, held])',
            ReturnData: true,
          },
        ],
      },
    });
  });

  it('begins with as many instances as what waits asks for', () => {
    const [policy] = policiesOf({ maxInstances: 6 }).filter(({ PolicyType }) => PolicyType === 'StepScaling');
    expect(policy).toMatchObject({
      AdjustmentType: 'ChangeInCapacity',
      MetricAggregationType: 'Maximum',
      // Bounds from the alarm's threshold, 1: with a backlog of 10 each, 11 messages are one too many for one.
      StepAdjustments: [
        { MetricIntervalLowerBound: 0, MetricIntervalUpperBound: 10, ScalingAdjustment: 1 },
        { MetricIntervalLowerBound: 10, MetricIntervalUpperBound: 20, ScalingAdjustment: 2 },
        { MetricIntervalLowerBound: 20, MetricIntervalUpperBound: 50, ScalingAdjustment: 5 },
        { MetricIntervalLowerBound: 50, ScalingAdjustment: 6 },
      ],
    });
  });

  it('begins only when messages wait and no instance is there or on its way', () => {
    const { stack } = makeFleet();
    const [policyId] =
      resourcesOfType(templateOf(stack), 'AWS::AutoScaling::ScalingPolicy').find(
        ([, { Properties }]) => Properties.PolicyType === 'StepScaling',
      ) ?? [];
    const alarm = onlyResource(stack, 'AWS::CloudWatch::Alarm').Properties;
    expect(alarm).toMatchObject({
      Threshold: 1,
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      EvaluationPeriods: 1,
      TreatMissingData: 'notBreaching',
      Metrics: expect.arrayContaining([
        expect.objectContaining({ Expression: 'IF(FILL(desired, 0) > 0, 0, waiting)', ReturnData: true }),
        expect.objectContaining({
          Id: 'desired',
          MetricStat: expect.objectContaining({
            Metric: expect.objectContaining({ MetricName: 'GroupDesiredCapacity' }),
            Period: 60,
          }),
        }),
      ]),
    });
    expect((alarm.AlarmActions as unknown[]).map(referredId)).toEqual([policyId]);
  });

  it('pays for what is on demand by default', () => {
    expect(groupOf().Properties).not.toHaveProperty('MixedInstancesPolicy');
    expect(groupOf().Properties.CapacityRebalance).toBe(false);
  });

  it('mixes spot instances in, of several types, where interruptions are rarest', () => {
    const { Properties } = groupOf({
      instanceTypes: ['c7g.medium', 'm7g.medium'].map(type => new InstanceType(type)),
      spot: { onDemandBase: 1, onDemandPercentage: 25 },
    });
    expect(Properties).toMatchObject({
      CapacityRebalance: true,
      MixedInstancesPolicy: {
        InstancesDistribution: {
          OnDemandBaseCapacity: 1,
          OnDemandPercentageAboveBaseCapacity: 25,
          SpotAllocationStrategy: 'capacity-optimized',
        },
        LaunchTemplate: { Overrides: [{ InstanceType: 'c7g.medium' }, { InstanceType: 'm7g.medium' }] },
      },
    });
  });

  it('has spot instances alone when no share is given, and none of them when spot is not asked for', () => {
    const distribution = (options: Options) =>
      (groupOf(options).Properties.MixedInstancesPolicy as { InstancesDistribution: unknown })
        .InstancesDistribution;
    expect(distribution({ spot: {} })).toMatchObject({
      OnDemandBaseCapacity: 0,
      OnDemandPercentageAboveBaseCapacity: 0,
    });
    const instanceTypes = ['c7g.medium', 'm7g.medium'].map(type => new InstanceType(type));
    expect(distribution({ instanceTypes })).toMatchObject({ OnDemandPercentageAboveBaseCapacity: 100 });
  });
});

describe('a deployment of a WorkerFleet', () => {
  const refreshOf = (options?: Options) =>
    (groupOf(options) as unknown as { UpdatePolicy: Record<string, unknown> }).UpdatePolicy;

  it('replaces instances a few at a time, new ones first, and scaling goes on meanwhile', () => {
    expect(refreshOf()).toMatchObject({
      AutoScalingInstanceRefresh: {
        Strategy: 'Rolling',
        Preferences: {
          MinHealthyPercentage: 100,
          MaxHealthyPercentage: 150,
          ScaleInProtectedInstances: 'Ignore',
          StandbyInstances: 'Ignore',
        },
      },
    });
    expect(refreshOf()).not.toHaveProperty('AutoScalingRollingUpdate');
  });

  it('is undone when an alarm goes off', () => {
    const stack = testStack();
    const alarm = new Alarm(stack, 'DeadLetters', {
      metric: new Metric({ namespace: 'AWS/SQS', metricName: 'ApproximateNumberOfMessagesVisible' }),
      threshold: 1,
      evaluationPeriods: 1,
    });
    new WorkerFleet(stack, 'BackEnd', { ...tierProps(stack, WorkerFleet.services), rollbackAlarms: [alarm] });
    const group = onlyResource(stack, 'AWS::AutoScaling::AutoScalingGroup') as unknown as {
      UpdatePolicy: unknown;
    };
    expect(group.UpdatePolicy).toMatchObject({
      AutoScalingInstanceRefresh: {
        Preferences: { AlarmSpecification: { Alarms: [stack.resolve(alarm.alarmName)] } },
      },
    });
  });
});

describe('logs of a WorkerFleet', () => {
  it('are kept for a week by default, and stay when the stack goes', () => {
    const { fleet } = makeFleet();
    expect(resourceOf(fleet.logGroup)).toMatchObject({
      Properties: { RetentionInDays: 7 },
      DeletionPolicy: 'Retain',
    });
  });

  it('are kept for as long as is asked', () => {
    const { fleet } = makeFleet({ logRetention: RetentionDays.THREE_MONTHS });
    expect(resourceOf(fleet.logGroup).Properties.RetentionInDays).toBe(90);
  });
});

describe('role of a WorkerFleet', () => {
  it('may take jobs, read its program, write its log, speak for its own group, and be visited', () => {
    const { stack } = makeFleet();
    const statements = resourcesOfType(templateOf(stack), 'AWS::IAM::Policy')
      .filter(([id]) => id.startsWith('BackEndRole'))
      .flatMap(([, { Properties }]) => {
        const { Statement } = Properties.PolicyDocument as { Statement: { Action: string | string[] }[] };
        return Statement;
      });
    expect(statements.flatMap(({ Action }) => Action).sort()).toEqual([
      'autoscaling:CompleteLifecycleAction',
      'autoscaling:RecordLifecycleActionHeartbeat',
      'autoscaling:SetInstanceHealth',
      'kms:Decrypt',
      'logs:CreateLogStream',
      'logs:PutLogEvents',
      's3:GetObject',
      'sqs:ChangeMessageVisibility',
      'sqs:DeleteMessage',
      'sqs:GetQueueAttributes',
      'sqs:ReceiveMessage',
      'ssm:UpdateInstanceInformation',
      'ssmmessages:CreateControlChannel',
      'ssmmessages:CreateDataChannel',
      'ssmmessages:OpenControlChannel',
      'ssmmessages:OpenDataChannel',
    ]);
  });

  it('speaks for the one group by its name', () => {
    const { stack } = makeFleet();
    expect(JSON.stringify(templateOf(stack).Resources)).toContain(
      ':autoScalingGroup:*:autoScalingGroupName/orders-back-end"',
    );
  });
});

describe('props of a WorkerFleet', () => {
  it.each<[string, Options, string]>([
    [
      'a message takes longer than it may wait',
      { timePerMessage: Duration.minutes(21) },
      'acceptableLatency is 1200000 ms; allowed: at least timePerMessage, 1260000 ms. A message that must not wait',
    ],
    [
      'a message takes no time',
      { timePerMessage: Duration.seconds(0) },
      'timePerMessage is 0 ms; allowed: more than nothing. Measure',
    ],
    [
      'no job may run',
      { concurrency: 0 },
      'concurrency is 0; allowed: a whole number from 1 to 200. Jobs that use',
    ],
    [
      'too many jobs may run',
      { concurrency: 201 },
      'concurrency is 201; allowed: a whole number from 1 to 200.',
    ],
    [
      'a job may not take as long as it does',
      { jobTimeout: Duration.minutes(1) },
      'jobTimeout is 60 s; allowed: timePerMessage, 120 s, to 11 hours. SQS hides',
    ],
    ['a job may take too long', { jobTimeout: Duration.hours(12) }, 'jobTimeout is 43200 s; allowed:'],
    [
      'the queue hides messages for too short',
      { visibilityTimeout: Duration.seconds(29) },
      "queue's visibilityTimeout is 29 s; allowed: 30 seconds to 1 hour. It is extended",
    ],
    [
      'the queue hides messages for too long',
      { visibilityTimeout: Duration.hours(2) },
      "queue's visibilityTimeout is 7200 s; allowed: 30 seconds to 1 hour.",
    ],
    [
      'there may be no instance',
      { maxInstances: 0 },
      'maxInstances is 0; allowed: a whole number of 1 or more. A fleet of none',
    ],
    [
      'there must be more than there may be',
      { minInstances: 4, maxInstances: 3 },
      'minInstances is 4; allowed: a whole number from 0 to maxInstances, 3. Lower it',
    ],
    [
      'an instance is not Arm',
      { instanceTypes: [new InstanceType('t4g.small'), new InstanceType('t3.small')] },
      'instanceTypes is t4g.small, t3.small; allowed: one or more types with Arm processors. Their names',
    ],
    ['there is no type', { instanceTypes: [] }, 'instanceTypes is empty; allowed: one or more types'],
    [
      'less than none is on demand',
      { spot: { onDemandBase: -1 } },
      'spot.onDemandBase is -1; allowed: a whole number of 0 or more.',
    ],
    [
      'more than all is on demand',
      { spot: { onDemandPercentage: 101 } },
      'spot.onDemandPercentage is 101; allowed: a whole number from 0 to 100.',
    ],
    [
      'the disk is too small',
      { diskSize: 7 },
      'diskSize is 7; allowed: a whole number of GiB from 8 to 16,384. Amazon Linux',
    ],
    [
      'an instance has no time to boot',
      { bootTimeout: Duration.minutes(1) },
      'bootTimeout is 60 s; allowed: 3 minutes to 2 hours. Installing',
    ],
    [
      'an instance warms up for too long',
      { warmUp: Duration.hours(2) },
      'warmUp is 7200 s; allowed: 0 seconds to 1 hour.',
    ],
  ])('fails when %s', (_, options, message) => {
    expect(() => makeFleet(options)).toThrow(PropsError);
    expect(() => makeFleet(options)).toThrow(message);
  });

  it('reports everything that is wrong at once', () => {
    expect(() => makeFleet({ maxInstances: 0, diskSize: 1 })).toThrow(
      /orders\/BackEnd: .*maxInstances.*diskSize/,
    );
  });

  it('fails when the network lacks what workers call', () => {
    const stack = testStack();
    const props = tierProps(stack, ['sqs', 'logs']);
    expect(() => new WorkerFleet(stack, 'BackEnd', props)).toThrow(
      "orders/BackEnd: network's services is without autoscaling, ssm, ssmmessages; allowed: endpoints of sqs,",
    );
  });
});
