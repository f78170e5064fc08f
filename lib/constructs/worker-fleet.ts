import { ArnFormat, Duration, Stack, Validations } from 'aws-cdk-lib';
import * as autoscaling from 'aws-cdk-lib/aws-autoscaling';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { AutoScalingAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as logs from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { EnvironmentSchema } from '../../contracts/environment.ts';
import type { DurableQueue } from './durable-queue.ts';
import { bootScript } from './fleet/boot-script.ts';
import { fleetName } from './fleet/fleet-name.ts';
import { amazonLinux, encryptedDisk, PrivateInstanceRole } from './fleet/private-instance.ts';
import { backlogPerWorker, backlogPerWorkerQueries, WakeUpAlarm } from './fleet/queue-scaling.ts';
import {
  defaultJobTimeout,
  environmentOf,
  type WorkerTier,
  type WorkerTierProps,
  workerLog,
  workerTierRules,
} from './fleet/worker-tier.ts';
import { type EndpointService, sessionManagerServices } from './network/endpoint-services.ts';
import { grantConsume } from './queue-grants.ts';
import { validateProps, within } from './validation.ts';
import { WorkerCode } from './worker-code.ts';

export interface SpotMix {
  /**
   * Instances that are always on demand, 0 or more.
   *
   * @default 0
   */
  readonly onDemandBase?: number;

  /**
   * Share of the instances above the base that are on demand, 0 to 100 percent.
   *
   * @default 0
   */
  readonly onDemandPercentage?: number;
}

export interface WorkerFleetProps<Message, Environment extends EnvironmentSchema>
  extends WorkerTierProps<Message, Environment> {
  /**
   * Fewest instances, 0 or more. A queue that nobody has touched for six hours reports no metrics, and
   * the first message then waits up to 15 minutes for the first instance; one that polls prevents that.
   *
   * @default 0
   */
  readonly minInstances?: number;

  /**
   * Most instances, 1 or more.
   *
   * @default 10
   */
  readonly maxInstances?: number;

  /**
   * Types of instance, all Arm, the preferred first; several make spot interruptions rarer.
   *
   * @default - t4g.small
   */
  readonly instanceTypes?: readonly ec2.InstanceType[];

  /**
   * Mixes spot instances in, from the pools where interruptions are least likely. An interrupted job is
   * done again by another worker.
   *
   * @default - on demand only
   */
  readonly spot?: SpotMix;

  /**
   * Size of the root disk in GiB, 8 to 16,384; jobs work on it.
   *
   * @default 16
   */
  readonly diskSize?: number;

  /**
   * How long an instance may take from its launch until its worker is healthy, 3 minutes to 2 hours.
   *
   * @default Duration.minutes(10)
   */
  readonly bootTimeout?: Duration;

  /**
   * How long the metrics of a new instance are left out, in which nothing is scaled because of it.
   *
   * @default Duration.minutes(2) - less than metrics need to show what was scaled scales twice
   */
  readonly warmUp?: Duration;

  /**
   * Alarms that undo a deployment when they go off while its instances are replaced, up to 10. They
   * must not watch this fleet, which would be a circle; the alarm of the queue's DLQ is a good one.
   *
   * @default - instances that do not come up undo it
   */
  readonly rollbackAlarms?: readonly cloudwatch.Alarm[];
}

/**
 * How long the group waits for a sign of life of an instance that drains or boots. The worker extends it
 * as long as a job runs, up to a hundred times, which is longer than any job.
 */
const drainHeartbeat = Duration.minutes(10);
const readyHook = 'ready';
const drainHook = 'drain';
const healthPort = 8080;

/**
 * Instances that take jobs from a queue and live where there is no internet.
 *
 * They come and go with the queue: from none by steps on what waits, then by what waits for each. One
 * that comes is in service when its worker is healthy; one that goes finishes its jobs first. There is no
 * key pair and no open port: people come by Session Manager. A change of program, environment or image
 * replaces the instances a few at a time; scaling goes on meanwhile.
 *
 * @throws PropsError when a prop is out of range, or a type of instance is not Arm.
 * @see https://docs.aws.amazon.com/autoscaling/ec2/userguide/as-using-sqs-queue.html
 */
export class WorkerFleet<Message = unknown, Environment extends EnvironmentSchema = EnvironmentSchema>
  extends Construct
  implements WorkerTier
{
  /** Services that the network must have endpoints of, beside those that a job calls. */
  static readonly services: readonly EndpointService[] = [
    'sqs',
    'logs',
    'autoscaling',
    ...sessionManagerServices,
  ];

  readonly queue: DurableQueue;
  readonly maxWorkers: number;
  readonly jobTimeout: Duration;
  readonly serviceName: string;
  readonly metricsNamespace: string;
  readonly desiredWorkers: cloudwatch.Metric;
  readonly workersInService: cloudwatch.Metric;

  readonly group: autoscaling.AutoScalingGroup;
  /** Grant here what the jobs need. */
  readonly role: iam.Role;
  readonly logGroup: logs.LogGroup;
  readonly securityGroup: ec2.SecurityGroup;

  constructor(scope: Construct, id: string, props: WorkerFleetProps<Message, Environment>) {
    const minInstances = props.minInstances ?? 0;
    const maxInstances = props.maxInstances ?? 10;
    const instanceTypes = props.instanceTypes ?? [new ec2.InstanceType('t4g.small')];
    const diskSize = props.diskSize ?? 16;
    const bootTimeout = props.bootTimeout ?? Duration.minutes(10);
    const warmUp = props.warmUp ?? Duration.minutes(2);
    const jobTimeout = props.jobTimeout ?? defaultJobTimeout;
    validateProps(scope, id, [
      ...workerTierRules(props as WorkerTierProps<unknown, EnvironmentSchema>, WorkerFleet.services),
      ...sizeRules(minInstances, maxInstances),
      ...instanceRules(instanceTypes, props.spot),
      {
        prop: 'diskSize',
        value: diskSize,
        holds: Number.isInteger(diskSize) && within(diskSize, 8, 16_384),
        allowed: 'a whole number of GiB from 8 to 16,384',
        remedy: 'Amazon Linux itself needs 8.',
      },
      {
        prop: 'bootTimeout',
        value: `${bootTimeout.toSeconds()} s`,
        holds: within(bootTimeout.toSeconds(), 180, 7_200),
        allowed: '3 minutes to 2 hours',
        remedy: 'Installing Node.js alone takes a minute or two.',
      },
      {
        prop: 'warmUp',
        value: `${warmUp.toSeconds()} s`,
        holds: within(warmUp.toSeconds(), 0, 3_600),
        allowed: '0 seconds to 1 hour',
        remedy: 'An instance counts from when its worker is healthy, so that little is left to wait for.',
      },
    ]);
    super(scope, id);
    const name = fleetName(scope, id);

    this.queue = props.queue;
    this.maxWorkers = maxInstances;
    this.jobTimeout = jobTimeout;
    this.serviceName = props.serviceName;
    this.metricsNamespace = props.metricsNamespace;
    this.desiredWorkers = groupMetric('GroupDesiredCapacity', name);
    this.workersInService = groupMetric('GroupInServiceInstances', name);

    this.logGroup = workerLog(this, 'Logs', props);
    this.securityGroup = props.network.clientGroup(this, 'Instances', `Workers of ${name}`);
    this.role = new PrivateInstanceRole(this, 'Role', { description: `What the workers of ${name} may do` });
    const code = new WorkerCode(this, 'Code');
    props.network.admitBucket(code.bucket, 'GetObject');
    const permissions = this.#permit(name, code);

    const template = new ec2.LaunchTemplate(this, 'Template', {
      machineImage: amazonLinux,
      ...(instanceTypes[0] && { instanceType: instanceTypes[0] }),
      role: this.role,
      securityGroup: this.securityGroup,
      blockDevices: [encryptedDisk(diskSize)],
      requireImdsv2: true,
      httpPutResponseHopLimit: 1,
      detailedMonitoring: true,
      userData: ec2.UserData.custom(
        bootScript({
          groupName: name,
          readyHook,
          code,
          environment: environmentOf(props, {
            PLATFORM: 'ec2',
            SHUTDOWN_SECONDS: String(jobTimeout.toSeconds()),
            HEALTH_PORT: String(healthPort),
            AUTO_SCALING_GROUP_NAME: name,
            LIFECYCLE_HOOK_NAME: drainHook,
          }),
          logGroupName: this.logGroup.logGroupName,
          healthPort,
          // What the worker itself takes, and a little for the release of what is left.
          stopTimeoutSeconds: jobTimeout.toSeconds() + 15,
        }),
      ),
    });

    this.group = new autoscaling.AutoScalingGroup(this, 'Group', {
      autoScalingGroupName: name,
      vpc: props.network.vpc,
      vpcSubnets: { subnetType: ec2.SubnetType.PRIVATE_ISOLATED },
      ...launched(template, instanceTypes, props.spot),
      minCapacity: minInstances,
      maxCapacity: maxInstances,
      // A replacement comes before the interruption, when EC2 sees that coming.
      capacityRebalance: props.spot !== undefined,
      defaultInstanceWarmup: warmUp,
      healthChecks: autoscaling.HealthChecks.ec2({ gracePeriod: Duration.minutes(1) }),
      groupMetrics: [
        new autoscaling.GroupMetrics(
          autoscaling.GroupMetric.DESIRED_CAPACITY,
          autoscaling.GroupMetric.IN_SERVICE_INSTANCES,
          autoscaling.GroupMetric.PENDING_INSTANCES,
          autoscaling.GroupMetric.TERMINATING_INSTANCES,
        ),
      ],
      // Not a rolling update: that stops scaling while it runs, and waits for signals that need an
      // endpoint of CloudFormation.
      updatePolicy: autoscaling.UpdatePolicy.instanceRefresh({
        strategy: autoscaling.InstanceRefreshStrategy.ROLLING,
        minHealthyPercentage: 100,
        maxHealthyPercentage: 150,
        // An instance that somebody holds on to must not hold up the deployment.
        scaleInProtectedInstances: autoscaling.ScaleInProtectedInstances.IGNORE,
        standbyInstances: autoscaling.StandbyInstances.IGNORE,
        ...(props.rollbackAlarms && { alarms: [...props.rollbackAlarms] }),
      }),
    });
    // With the group, not after it: an instance that came between would be in service without a worker.
    cfnGroupOf(this.group).lifecycleHookSpecificationList = [
      {
        lifecycleHookName: readyHook,
        lifecycleTransition: 'autoscaling:EC2_INSTANCE_LAUNCHING',
        heartbeatTimeout: bootTimeout.toSeconds(),
        defaultResult: 'ABANDON',
      },
      {
        lifecycleHookName: drainHook,
        lifecycleTransition: 'autoscaling:EC2_INSTANCE_TERMINATING',
        heartbeatTimeout: drainHeartbeat.toSeconds(),
        defaultResult: 'CONTINUE',
      },
    ];
    this.group.node.addDependency(permissions, props.network);
    this.#scale(props);
    Validations.of(this.group).acknowledge({
      id: 'AwsSolutions::AwsSolutions-AS3',
      reason: 'Instances come and go with the queue: alarms tell when that goes wrong, not each time',
    });
    if (isMixed(instanceTypes, props.spot)) {
      Validations.of(this.group).acknowledge({
        id: 'AwsSolutions::AwsSolutions-EC26',
        reason: 'The rule cannot read a mix of instances; the template encrypts the disks of all of them',
      });
    }
  }

  /** @returns what must be there before an instance starts. */
  #permit(name: string, code: WorkerCode): Construct {
    const stack = Stack.of(this);
    grantConsume(this.role, this.queue);
    code.grantRead(this.role);
    this.logGroup.grantWrite(this.role);
    this.role.addToPolicy(
      new iam.PolicyStatement({
        sid: 'OwnGroup',
        actions: [
          'autoscaling:CompleteLifecycleAction',
          'autoscaling:RecordLifecycleActionHeartbeat',
          'autoscaling:SetInstanceHealth',
        ],
        resources: [
          stack.formatArn({
            service: 'autoscaling',
            resource: 'autoScalingGroup',
            // The group's random id stands between.
            resourceName: `*:autoScalingGroupName/${name}`,
            arnFormat: ArnFormat.COLON_RESOURCE_NAME,
          }),
        ],
      }),
    );
    Validations.of(this.role).acknowledge({
      id: `AwsSolutions::AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:autoscaling:<AWS::Region>:<AWS::AccountId>:autoScalingGroup:*:autoScalingGroupName/${name}]`,
      reason: 'One group, by its name; the random id in its ARN is known only when the group is there',
    });
    return this.role;
  }

  #scale(props: WorkerFleetProps<Message, Environment>): void {
    const { queue } = this.queue;
    const wakeUp = new autoscaling.StepScalingAction(this, 'WakeUp', {
      autoScalingGroup: this.group,
      adjustmentType: autoscaling.AdjustmentType.CHANGE_IN_CAPACITY,
      metricAggregationType: autoscaling.MetricAggregationType.MAXIMUM,
    });
    new WakeUpAlarm(this, 'Waiting', {
      ...props,
      queue,
      desired: this.desiredWorkers,
      mostWorkers: this.maxWorkers,
      action: wakeUp,
      alarmAction: new AutoScalingAction(wakeUp),
    });

    // The level below: target tracking of a quotient of metrics is not to be had otherwise.
    new autoscaling.CfnScalingPolicy(this, 'Backlog', {
      autoScalingGroupName: this.group.autoScalingGroupName,
      policyType: 'TargetTrackingScaling',
      targetTrackingConfiguration: {
        targetValue: backlogPerWorker(props),
        customizedMetricSpecification: {
          metrics: backlogPerWorkerQueries(queue, this.workersInService, props),
        },
      },
    });
  }
}

function sizeRules(minInstances: number, maxInstances: number) {
  return [
    {
      prop: 'maxInstances',
      value: maxInstances,
      holds: Number.isInteger(maxInstances) && maxInstances >= 1,
      allowed: 'a whole number of 1 or more',
      remedy: 'A fleet of none would never work.',
    },
    {
      prop: 'minInstances',
      value: minInstances,
      holds: Number.isInteger(minInstances) && minInstances >= 0 && minInstances <= maxInstances,
      allowed: `a whole number from 0 to maxInstances, ${maxInstances}`,
      remedy: 'Lower it, or raise maxInstances.',
    },
  ];
}

function instanceRules(instanceTypes: readonly ec2.InstanceType[], spot: SpotMix | undefined) {
  const others = instanceTypes.filter(type => type.architecture !== ec2.InstanceArchitecture.ARM_64);
  const base = spot?.onDemandBase ?? 0;
  const percentage = spot?.onDemandPercentage ?? 0;
  return [
    {
      prop: 'instanceTypes',
      value: instanceTypes.join(', ') || 'empty',
      holds: instanceTypes.length > 0 && others.length === 0,
      allowed: 'one or more types with Arm processors',
      remedy: 'Their names have a g after the generation, such as t4g.small and c7g.medium.',
    },
    {
      prop: 'spot.onDemandBase',
      value: base,
      holds: Number.isInteger(base) && base >= 0,
      allowed: 'a whole number of 0 or more',
      remedy: 'Leave it out for none.',
    },
    {
      prop: 'spot.onDemandPercentage',
      value: percentage,
      holds: Number.isInteger(percentage) && within(percentage, 0, 100),
      allowed: 'a whole number from 0 to 100',
      remedy: 'Leave spot out for on demand only.',
    },
  ];
}

function isMixed(instanceTypes: readonly ec2.InstanceType[], spot: SpotMix | undefined): boolean {
  return instanceTypes.length > 1 || spot !== undefined;
}

/** What the group launches: the template as it is, or with several types and ways of paying. */
function launched(
  template: ec2.LaunchTemplate,
  instanceTypes: readonly ec2.InstanceType[],
  spot: SpotMix | undefined,
): Pick<autoscaling.AutoScalingGroupProps, 'launchTemplate' | 'mixedInstancesPolicy'> {
  if (!isMixed(instanceTypes, spot)) return { launchTemplate: template };
  return {
    mixedInstancesPolicy: {
      launchTemplate: template,
      launchTemplateOverrides: instanceTypes.map(instanceType => ({ instanceType })),
      instancesDistribution: {
        onDemandBaseCapacity: spot?.onDemandBase ?? 0,
        onDemandPercentageAboveBaseCapacity: spot ? (spot.onDemandPercentage ?? 0) : 100,
        spotAllocationStrategy: autoscaling.SpotAllocationStrategy.CAPACITY_OPTIMIZED,
      },
    },
  };
}

/** Metrics by the group's name, so that what needs them need not wait for the group. */
function groupMetric(metricName: string, groupName: string): cloudwatch.Metric {
  return new cloudwatch.Metric({
    namespace: 'AWS/AutoScaling',
    metricName,
    dimensionsMap: { AutoScalingGroupName: groupName },
    statistic: cloudwatch.Stats.AVERAGE,
    period: Duration.minutes(1),
  });
}

function cfnGroupOf(group: autoscaling.AutoScalingGroup): autoscaling.CfnAutoScalingGroup {
  const resource = group.node.defaultChild;
  if (!(resource instanceof autoscaling.CfnAutoScalingGroup)) {
    throw new Error(`${group.node.path} has no Auto Scaling group of its own`);
  }
  return resource;
}
