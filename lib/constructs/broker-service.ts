import { Aws, Duration, RemovalPolicy, Validations } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as logs from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { EnvironmentInput, EnvironmentSchema } from '../../contracts/environment.ts';
import type { brokerConsumerEnvironment } from '../../contracts/message-broker.ts';
import {
  leastLinuxParameters,
  TaskExecutionRole,
  TaskRole,
  taskCountRules,
  taskSizeRules,
} from './fleet/container-task.ts';
import { ownHealth } from './fleet/own-health.ts';
import { ProgramImage } from './fleet/program-image.ts';
import { givenVariables } from './given-variables.ts';
import type { MessageBroker } from './message-broker.ts';
import { containerServices, type EndpointService } from './network/endpoint-services.ts';
import { validateProps } from './validation.ts';

/** What the construct sets of a consumer's environment. */
type CommonVariables = EnvironmentInput<typeof brokerConsumerEnvironment>;

export interface BrokerServiceProps<Schema extends EnvironmentSchema> {
  readonly broker: MessageBroker;

  /** Entry point from the repository's root, `worker/warehouse/main.ts`. */
  readonly entry: string;

  /** What this consumer reads from the environment; types {@link environment}. */
  readonly environmentSchema: Schema;
  /** What it reads beside what every consumer does. */
  readonly environment: Omit<EnvironmentInput<Schema>, keyof CommonVariables>;

  /** Name of the consumers in logs and metrics, `warehouse`. */
  readonly serviceName: string;

  /** CloudWatch namespace of the metrics that the consumers emit. */
  readonly metricsNamespace: string;

  readonly logLevel: CommonVariables['LOG_LEVEL'];

  /**
   * Messages that one consumer has in hand at a time, 1 to 9,999.
   *
   * @default 20
   */
  readonly prefetch?: number;

  /**
   * Consumers, 1 or more: they share a queue's messages, and one can be replaced while the other works.
   *
   * @default 2
   */
  readonly tasks?: number;

  /**
   * Processor units of a consumer, 1,024 a virtual processor.
   *
   * @default 256
   */
  readonly cpu?: number;

  /**
   * Memory of a consumer in MiB; what is allowed depends on {@link cpu}.
   *
   * @default 512
   */
  readonly memory?: number;

  /** @default RetentionDays.ONE_WEEK */
  readonly logRetention?: logs.RetentionDays;

  /**
   * What becomes of the logs when the stack is deleted.
   *
   * @default RemovalPolicy.RETAIN
   */
  readonly logRemovalPolicy?: RemovalPolicy;
}

/** Longest that Fargate waits between SIGTERM and SIGKILL. */
const stopTimeout = Duration.seconds(120);
/** What the consumer has of it for the messages in hand; the rest is for putting back what is left. */
const shutdownSeconds = 110;
const healthPort = 8080;

/**
 * Containers on Fargate that take messages from a broker's queue, and live where there is no internet.
 *
 * A broker hands messages out to who is connected, so they do not come and go with the queue: there is a fixed
 * number. A deployment whose tasks do not stay up is rolled back.
 *
 * @throws PropsError when a prop is out of range.
 */
export class BrokerService<Schema extends EnvironmentSchema = EnvironmentSchema> extends Construct {
  /** Services that the network must have endpoints of, beside those that the consumers call. */
  static readonly services: readonly EndpointService[] = ['secretsmanager', ...containerServices];

  readonly service: ecs.FargateService;
  /** Grant here what messages need. */
  readonly role: TaskRole;
  readonly securityGroup: ec2.SecurityGroup;
  readonly logGroup: logs.LogGroup;
  readonly serviceName: string;
  readonly metricsNamespace: string;

  constructor(scope: Construct, id: string, props: BrokerServiceProps<Schema>) {
    const { network } = props.broker;
    const tasks = props.tasks ?? 2;
    const cpu = props.cpu ?? 256;
    const memory = props.memory ?? 512;
    const prefetch = props.prefetch ?? 20;
    const lacking = network.lacking(BrokerService.services);
    validateProps(scope, id, [
      ...taskCountRules(tasks, tasks, 1),
      ...taskSizeRules(cpu, memory),
      {
        prop: 'prefetch',
        value: prefetch,
        holds: Number.isInteger(prefetch) && prefetch >= 1 && prefetch <= 9_999,
        allowed: 'a whole number from 1 to 9,999',
        remedy: 'Without a limit, one consumer would be handed all that waits.',
      },
      {
        prop: "network's services",
        value: `without ${lacking.join(', ')}`,
        holds: lacking.length === 0,
        allowed: `endpoints of ${BrokerService.services.join(', ')}, and of what the consumers call`,
        remedy: 'Consumers would not start.',
      },
    ]);
    super(scope, id);

    this.serviceName = props.serviceName;
    this.metricsNamespace = props.metricsNamespace;
    this.logGroup = new logs.LogGroup(this, 'Logs', {
      retention: props.logRetention ?? logs.RetentionDays.ONE_WEEK,
      removalPolicy: props.logRemovalPolicy ?? RemovalPolicy.RETAIN,
    });
    this.role = new TaskRole(this, 'Role', { description: `What the consumers of ${this.node.path} may do` });
    this.securityGroup = network.clientGroup(this, 'Tasks', `Consumers of ${this.node.path}`);
    network.admitImageLayers();
    props.broker.admit(this, `Consumers of ${this.node.path}`);

    this.service = new ecs.FargateService(this, 'Service', {
      // `Cluster` declares optional properties as possibly undefined, its interface does not.
      cluster: new ecs.Cluster(this, 'Cluster', {
        vpc: network.vpc,
        containerInsightsV2: ecs.ContainerInsights.ENABLED,
      }) as ecs.ICluster,
      taskDefinition: this.#task(props, { cpu, memory, prefetch }),
      desiredCount: tasks,
      vpcSubnets: { subnetType: ec2.SubnetType.PRIVATE_ISOLATED },
      securityGroups: [this.securityGroup],
      assignPublicIp: false,
      circuitBreaker: { rollback: true },
      minHealthyPercent: 100,
      maxHealthyPercent: 200,
      propagateTags: ecs.PropagatedTagSource.SERVICE,
      enableECSManagedTags: true,
    });
    // A task needs its endpoints to fetch its image, write its log, and know its user.
    this.service.node.addDependency(network);
  }

  #task(
    props: BrokerServiceProps<Schema>,
    sizes: { readonly cpu: number; readonly memory: number; readonly prefetch: number },
  ): ecs.FargateTaskDefinition {
    const { broker } = props;
    const task = new ecs.FargateTaskDefinition(this, 'Task', {
      cpu: sizes.cpu,
      memoryLimitMiB: sizes.memory,
      runtimePlatform: {
        cpuArchitecture: ecs.CpuArchitecture.ARM64,
        operatingSystemFamily: ecs.OperatingSystemFamily.LINUX,
      },
      taskRole: this.role,
      executionRole: new TaskExecutionRole(this, 'ExecutionRole', {
        description: `Lets ECS start the consumers of ${this.node.path}`,
      }),
    });
    const common: CommonVariables = {
      AWS_REGION: Aws.REGION,
      LOG_LEVEL: props.logLevel,
      POWERTOOLS_SERVICE_NAME: props.serviceName,
      POWERTOOLS_METRICS_NAMESPACE: props.metricsNamespace,
      BROKER_ADDRESSES: broker.addresses,
      BROKER_SECRET_ARN: broker.secretArn,
      PREFETCH: String(sizes.prefetch),
      SHUTDOWN_SECONDS: String(shutdownSeconds),
      HEALTH_PORT: String(healthPort),
    };
    task.addContainer('Consumer', {
      image: ecs.ContainerImage.fromDockerImageAsset(
        new ProgramImage(this, 'Image', { entry: props.entry, dockerfile: 'worker/broker/Dockerfile' }),
      ),
      environment: givenVariables({ ...props.environment, ...common }),
      logging: ecs.LogDrivers.awsLogs({ logGroup: this.logGroup, streamPrefix: 'consumer' }),
      readonlyRootFilesystem: true,
      user: 'node',
      stopTimeout,
      linuxParameters: leastLinuxParameters(this, 'Linux'),
      healthCheck: ownHealth(healthPort),
    });
    Validations.of(task).acknowledge({
      id: 'AwsSolutions::AwsSolutions-ECS2',
      reason: 'Names, addresses and numbers: nothing here is a secret, and a change is a deployment',
    });
    return task;
  }
}
