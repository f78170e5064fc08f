import { Duration, Stack, Validations } from 'aws-cdk-lib';
import * as scaling from 'aws-cdk-lib/aws-applicationautoscaling';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { ApplicationScalingAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as logs from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { EnvironmentSchema } from '../../contracts/environment.ts';
import { deliveredFor } from './delivery-source.ts';
import type { DurableQueue } from './durable-queue.ts';
import { ownHealth } from './fleet/own-health.ts';
import { backlogPerWorker, backlogPerWorkerQueries, WakeUpAlarm } from './fleet/queue-scaling.ts';
import {
  defaultJobTimeout,
  environmentOf,
  type WorkerTier,
  type WorkerTierProps,
  workerLog,
  workerTierRules,
} from './fleet/worker-tier.ts';
import { containerServices, type EndpointService } from './network/endpoint-services.ts';
import { grantConsume } from './queue-grants.ts';
import { validateProps, within } from './validation.ts';
import { WorkerImage } from './worker-code.ts';

export interface WorkerServiceProps<Message, Environment extends EnvironmentSchema>
  extends WorkerTierProps<Message, Environment> {
  /**
   * Fewest tasks, 0 or more. A queue that nobody has touched for six hours reports no metrics, and the
   * first message then waits up to 15 minutes for the first task; one that polls prevents that.
   *
   * @default 0
   */
  readonly minTasks?: number;

  /**
   * Most tasks, 1 or more.
   *
   * @default 10
   */
  readonly maxTasks?: number;

  /**
   * Processor units of a task, 1,024 a virtual processor: 256, 512, 1,024, 2,048, 4,096, 8,192 or 16,384.
   *
   * @default 256
   */
  readonly cpu?: number;

  /**
   * Memory of a task in MiB; what is allowed depends on {@link cpu}.
   *
   * @default 512
   * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html
   */
  readonly memory?: number;

  /**
   * How long after tasks were added or removed before more are, so that their work shows.
   *
   * @default Duration.minutes(2) - less than metrics need to show what was scaled scales twice
   */
  readonly cooldown?: Duration;
}

/** Longest that Fargate waits between SIGTERM and SIGKILL. */
const stopTimeout = Duration.seconds(120);
/** What the worker has of it for the jobs in hand; the rest is for giving back what is left. */
const shutdownSeconds = 110;
const healthPort = 8080;

const gibibytes = (least: number, most: number, step = 1) =>
  Array.from({ length: (most - least) / step + 1 }, (_, index) => (least + index * step) * 1_024);

/** Memory in MiB that Fargate sells with so many processor units. */
const memoryByCpu: Readonly<Record<number, readonly number[]>> = {
  256: [512, 1_024, 2_048],
  512: gibibytes(1, 4),
  1024: gibibytes(2, 8),
  2048: gibibytes(4, 16),
  4096: gibibytes(8, 30),
  8192: gibibytes(16, 60, 4),
  16384: gibibytes(32, 120, 8),
};

/**
 * Containers on Fargate that take jobs from a queue and live where there is no internet.
 *
 * They come and go with the queue as instances of a {@link WorkerFleet} do. A task protects itself from
 * scale-in while it has a job; what stops it otherwise gives it two minutes, after which the job goes
 * back to the queue. A deployment whose tasks do not stay up is rolled back.
 *
 * @throws PropsError when a prop is out of range.
 * @see https://docs.aws.amazon.com/autoscaling/application/userguide/application-auto-scaling-target-tracking-metric-math.html
 */
export class WorkerService<Message = unknown, Environment extends EnvironmentSchema = EnvironmentSchema>
  extends Construct
  implements WorkerTier
{
  /** Services that the network must have endpoints of, beside those that a job calls. */
  static readonly services: readonly EndpointService[] = ['sqs', ...containerServices];

  readonly queue: DurableQueue;
  readonly maxWorkers: number;
  readonly jobTimeout: Duration;
  readonly serviceName: string;
  readonly metricsNamespace: string;
  readonly desiredWorkers: cloudwatch.Metric;
  readonly workersInService: cloudwatch.Metric;

  readonly service: ecs.FargateService;
  /** Grant here what the jobs need. */
  readonly role: iam.Role;
  readonly logGroup: logs.LogGroup;
  readonly securityGroup: ec2.SecurityGroup;

  constructor(scope: Construct, id: string, props: WorkerServiceProps<Message, Environment>) {
    const minTasks = props.minTasks ?? 0;
    const maxTasks = props.maxTasks ?? 10;
    const cpu = props.cpu ?? 256;
    const memory = props.memory ?? 512;
    const cooldown = props.cooldown ?? Duration.minutes(2);
    validateProps(scope, id, [
      ...workerTierRules(props as WorkerTierProps<unknown, EnvironmentSchema>, WorkerService.services),
      {
        prop: 'maxTasks',
        value: maxTasks,
        holds: Number.isInteger(maxTasks) && maxTasks >= 1,
        allowed: 'a whole number of 1 or more',
        remedy: 'A service of none would never work.',
      },
      {
        prop: 'minTasks',
        value: minTasks,
        holds: Number.isInteger(minTasks) && minTasks >= 0 && minTasks <= maxTasks,
        allowed: `a whole number from 0 to maxTasks, ${maxTasks}`,
        remedy: 'Lower it, or raise maxTasks.',
      },
      {
        prop: 'cpu',
        value: cpu,
        holds: cpu in memoryByCpu,
        allowed: Object.keys(memoryByCpu).join(', '),
        remedy: 'Fargate sells no other sizes.',
      },
      {
        prop: 'memory',
        value: memory,
        holds: !(cpu in memoryByCpu) || (memoryByCpu[cpu]?.includes(memory) ?? false),
        allowed: `with cpu ${cpu}: ${memoryByCpu[cpu]?.join(', ')}`,
        remedy: 'Choose one of these, or more cpu.',
      },
      {
        prop: 'cooldown',
        value: `${cooldown.toSeconds()} s`,
        holds: within(cooldown.toSeconds(), 0, 3_600),
        allowed: '0 seconds to 1 hour',
        remedy: 'A task is up within a minute or two.',
      },
    ]);
    super(scope, id);

    this.queue = props.queue;
    this.maxWorkers = maxTasks;
    this.jobTimeout = props.jobTimeout ?? defaultJobTimeout;
    this.serviceName = props.serviceName;
    this.metricsNamespace = props.metricsNamespace;
    this.logGroup = workerLog(this, 'Logs', props);
    this.securityGroup = props.network.clientGroup(this, 'Tasks', `Tasks of ${this.node.path}`);
    props.network.admitImageLayers();

    const cluster = new ecs.Cluster(this, 'Cluster', {
      vpc: props.network.vpc,
      // Counts tasks every minute, which scaling divides by.
      containerInsightsV2: ecs.ContainerInsights.ENABLED,
    });
    this.role = this.#taskRole(cluster);
    const task = this.#task(props, { cpu, memory });
    this.service = new ecs.FargateService(this, 'Service', {
      // `Cluster` declares optional properties as possibly undefined, its interface does not.
      cluster: cluster as ecs.ICluster,
      taskDefinition: task,
      // No count: a first deployment starts one task, whose image is proven by that, and later ones leave
      // the count to scaling.
      vpcSubnets: { subnetType: ec2.SubnetType.PRIVATE_ISOLATED },
      securityGroups: [this.securityGroup],
      assignPublicIp: false,
      circuitBreaker: { rollback: true },
      minHealthyPercent: 100,
      maxHealthyPercent: 200,
      propagateTags: ecs.PropagatedTagSource.SERVICE,
      enableECSManagedTags: true,
    });
    // A task needs its endpoints to fetch its image and write its log.
    this.service.node.addDependency(props.network);
    this.desiredWorkers = this.#taskMetric('DesiredTaskCount');
    this.workersInService = this.#taskMetric('RunningTaskCount');
    this.#scale(props, { minTasks, cooldown });
  }

  /** What the worker may do: take jobs, and protect its own task. */
  #taskRole(cluster: ecs.Cluster): iam.Role {
    const stack = Stack.of(this);
    const role = new iam.Role(this, 'Role', {
      description: `What the workers of ${this.node.path} may do`,
      assumedBy: new iam.ServicePrincipal('ecs-tasks.amazonaws.com', {
        conditions: deliveredFor({
          sourceArn: stack.formatArn({ service: 'ecs', resource: '*' }),
          sourceAccount: stack.account,
        }),
      }),
    });
    grantConsume(role, this.queue);
    role.addToPolicy(
      new iam.PolicyStatement({
        sid: 'OwnTasks',
        actions: ['ecs:GetTaskProtection', 'ecs:UpdateTaskProtection'],
        resources: [
          stack.formatArn({ service: 'ecs', resource: 'task', resourceName: `${cluster.clusterName}/*` }),
        ],
      }),
    );
    const clusterId = stack.getLogicalId(cluster.node.defaultChild as ecs.CfnCluster);
    Validations.of(role).acknowledge({
      id: `AwsSolutions::AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:ecs:<AWS::Region>:<AWS::AccountId>:task/<${clusterId}>/*]`,
      reason: 'Tasks of this one cluster, which has no other service; a task has no name before it starts',
    });
    return role;
  }

  /** What ECS may do to start a task: fetch its image and write its log, which is granted on their way. */
  #executionRole(): iam.Role {
    const role = new iam.Role(this, 'ExecutionRole', {
      description: `Lets ECS start the workers of ${this.node.path}`,
      // Without a condition: for this role, ECS is not known to say which task it acts for.
      assumedBy: new iam.ServicePrincipal('ecs-tasks.amazonaws.com'),
    });
    Validations.of(role).acknowledge({
      id: 'AwsSolutions::AwsSolutions-IAM5[Resource::*]',
      reason: 'ECR gives its registry token for the account, not for a repository',
    });
    return role;
  }

  /** Application Auto Scaling's own role, which it makes by itself: another would never be assumed. */
  #scalingRole(): iam.IRole {
    const service = 'ecs.application-autoscaling.amazonaws.com';
    return iam.Role.fromRoleArn(
      this,
      'ScalingRole',
      Stack.of(this).formatArn({
        service: 'iam',
        region: '',
        resource: `role/aws-service-role/${service}`,
        resourceName: 'AWSServiceRoleForApplicationAutoScaling_ECSService',
      }),
    );
  }

  #task(
    props: WorkerServiceProps<Message, Environment>,
    { cpu, memory }: { readonly cpu: number; readonly memory: number },
  ): ecs.FargateTaskDefinition {
    const image = new WorkerImage(this, 'Image');
    const task = new ecs.FargateTaskDefinition(this, 'Task', {
      cpu,
      memoryLimitMiB: memory,
      runtimePlatform: {
        cpuArchitecture: ecs.CpuArchitecture.ARM64,
        operatingSystemFamily: ecs.OperatingSystemFamily.LINUX,
      },
      taskRole: this.role,
      executionRole: this.#executionRole(),
      volumes: [{ name: 'work' }],
    });
    const container = task.addContainer('Worker', {
      image: ecs.ContainerImage.fromDockerImageAsset(image),
      environment: environmentOf(props, {
        PLATFORM: 'ecs',
        SHUTDOWN_SECONDS: String(shutdownSeconds),
        HEALTH_PORT: String(healthPort),
      }),
      logging: ecs.LogDrivers.awsLogs({ logGroup: this.logGroup, streamPrefix: 'worker' }),
      readonlyRootFilesystem: true,
      user: 'node',
      stopTimeout,
      linuxParameters: linuxParameters(this),
      healthCheck: ownHealth(healthPort),
    });
    // The only place that a job can write to.
    container.addMountPoints({ sourceVolume: 'work', containerPath: '/tmp', readOnly: false });
    Validations.of(task).acknowledge({
      id: 'AwsSolutions::AwsSolutions-ECS2',
      reason: 'Names, addresses and numbers: nothing here is a secret, and a change is a deployment',
    });
    return task;
  }

  #scale(
    props: WorkerServiceProps<Message, Environment>,
    { minTasks, cooldown }: { readonly minTasks: number; readonly cooldown: Duration },
  ): void {
    const { queue } = this.queue;
    const tasks = new scaling.ScalableTarget(this, 'TaskCount', {
      serviceNamespace: scaling.ServiceNamespace.ECS,
      scalableDimension: 'ecs:service:DesiredCount',
      resourceId: `service/${this.service.cluster.clusterName}/${this.service.serviceName}`,
      minCapacity: minTasks,
      maxCapacity: this.maxWorkers,
      role: this.#scalingRole(),
    });
    const wakeUp = new scaling.StepScalingAction(this, 'WakeUp', {
      scalingTarget: tasks,
      adjustmentType: scaling.AdjustmentType.CHANGE_IN_CAPACITY,
      metricAggregationType: scaling.MetricAggregationType.MAXIMUM,
      cooldown,
    });
    new WakeUpAlarm(this, 'Waiting', {
      ...props,
      queue,
      desired: this.desiredWorkers,
      mostWorkers: this.maxWorkers,
      action: wakeUp,
      alarmAction: new ApplicationScalingAction(wakeUp),
    });

    // The level below: target tracking of a quotient of metrics is not to be had otherwise.
    new scaling.CfnScalingPolicy(this, 'Backlog', {
      policyName: `${this.node.path}/Backlog`.replaceAll('/', '-'),
      policyType: 'TargetTrackingScaling',
      scalingTargetId: tasks.scalableTargetId,
      targetTrackingScalingPolicyConfiguration: {
        targetValue: backlogPerWorker(props),
        scaleOutCooldown: cooldown.toSeconds(),
        scaleInCooldown: cooldown.toSeconds(),
        customizedMetricSpecification: {
          metrics: backlogPerWorkerQueries(queue, this.workersInService, props),
        },
      },
    });
  }

  #taskMetric(metricName: string): cloudwatch.Metric {
    return new cloudwatch.Metric({
      namespace: 'ECS/ContainerInsights',
      metricName,
      dimensionsMap: {
        ClusterName: this.service.cluster.clusterName,
        ServiceName: this.service.serviceName,
      },
      statistic: cloudwatch.Stats.AVERAGE,
      period: Duration.minutes(1),
    });
  }
}

function linuxParameters(scope: Construct): ecs.LinuxParameters {
  const parameters = new ecs.LinuxParameters(scope, 'Linux', { initProcessEnabled: true });
  parameters.dropCapabilities(ecs.Capability.ALL);
  return parameters;
}
