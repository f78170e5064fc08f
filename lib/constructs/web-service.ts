import { Aws, Duration, RemovalPolicy, Validations } from 'aws-cdk-lib';
import * as apigateway from 'aws-cdk-lib/aws-apigatewayv2';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as elb from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type * as iam from 'aws-cdk-lib/aws-iam';
import * as logs from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { type applicationServerEnvironment, healthPath } from '../../contracts/application-server.ts';
import type { EnvironmentInput, EnvironmentSchema } from '../../contracts/environment.ts';
import {
  leastLinuxParameters,
  TaskExecutionRole,
  type TaskRole,
  taskCountRules,
  taskSizeRules,
} from './fleet/container-task.ts';
import { ProgramImage } from './fleet/program-image.ts';
import { givenVariables } from './given-variables.ts';
import { containerServices, type EndpointService } from './network/endpoint-services.ts';
import type { PrivateNetwork } from './private-network.ts';
import { validateProps, within } from './validation.ts';

export interface WebServiceProps<Schema extends EnvironmentSchema> {
  /** Where the servers live; it must have endpoints of all that they call. */
  readonly network: PrivateNetwork;

  /** Entry point from the repository's root, `web/travel-search/main.ts`. */
  readonly entry: string;

  /** What this server reads from the environment, beside what every one does; types {@link environment}. */
  readonly environmentSchema: Schema;
  readonly environment: EnvironmentInput<Schema>;

  /** What the servers may do: grant there what requests need. */
  readonly role: TaskRole;

  /** Name of the servers in logs and metrics, `web`. */
  readonly serviceName: string;

  /** CloudWatch namespace of the metrics that the servers emit. */
  readonly metricsNamespace: string;

  readonly logLevel: EnvironmentInput<typeof applicationServerEnvironment>['LOG_LEVEL'];

  /**
   * Longest that a request takes, 1 to 28 seconds: API Gateway gives up after 29. A server that has to go
   * finishes those in hand.
   */
  readonly longestRequest: Duration;

  /**
   * Fewest servers, 1 or more; with one, requests fail while it is replaced.
   *
   * @default 2
   */
  readonly minTasks?: number;

  /**
   * Most servers, 1 or more.
   *
   * @default 10
   */
  readonly maxTasks?: number;

  /**
   * Processor units of a server, 1,024 a virtual processor: 256, 512, 1,024, 2,048, 4,096, 8,192 or 16,384.
   *
   * @default 256
   */
  readonly cpu?: number;

  /**
   * Memory of a server in MiB; what is allowed depends on {@link cpu}.
   *
   * @default 512
   * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html
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

const port = 8080;
const healthInterval = Duration.seconds(10);

/** Processor use above which servers are added, in percent: most of a request's time is waiting. */
const targetCpuPercent = 60;

/**
 * Application servers that live where there is no internet: containers on Fargate behind an internal load
 * balancer, which an HTTP API reaches through a VPC link and nobody else at all.
 *
 * A server that is replaced gets no new requests, and as much time as the longest request takes for those
 * that it has. A deployment whose servers do not become healthy is rolled back.
 *
 * @throws PropsError when a prop is out of range.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-private-integration.html
 */
export class WebService<Schema extends EnvironmentSchema = EnvironmentSchema> extends Construct {
  /** Services that the network must have endpoints of, beside those that requests call. */
  static readonly services: readonly EndpointService[] = containerServices;

  readonly service: ecs.FargateService;
  readonly role: iam.Role;
  readonly logGroup: logs.LogGroup;
  readonly listener: elb.ApplicationListener;
  readonly targets: elb.ApplicationTargetGroup;
  /** The way of an HTTP API into the network. */
  readonly link: apigateway.VpcLink;
  readonly longestRequest: Duration;
  readonly minTasks: number;
  readonly serviceName: string;
  readonly metricsNamespace: string;

  constructor(scope: Construct, id: string, props: WebServiceProps<Schema>) {
    const minTasks = props.minTasks ?? 2;
    const maxTasks = props.maxTasks ?? 10;
    const cpu = props.cpu ?? 256;
    const memory = props.memory ?? 512;
    const longestRequest = props.longestRequest.toMilliseconds() / 1_000;
    const lacking = props.network.lacking(WebService.services);
    validateProps(scope, id, [
      ...taskCountRules(minTasks, maxTasks, 1),
      ...taskSizeRules(cpu, memory),
      {
        prop: 'longestRequest',
        value: `${longestRequest} s`,
        holds: within(longestRequest, 1, 28),
        allowed: '1 to 28 seconds: API Gateway gives up after 29',
        remedy: 'Answer earlier, and let the client ask again for what takes longer.',
      },
      {
        prop: "network's services",
        value: `without ${lacking.join(', ')}`,
        holds: lacking.length === 0,
        allowed: `endpoints of ${WebService.services.join(', ')}, and of what requests call`,
        remedy: 'Servers would not start.',
      },
    ]);
    super(scope, id);
    const { network } = props;
    const isolated = { subnetType: ec2.SubnetType.PRIVATE_ISOLATED };

    this.role = props.role;
    this.minTasks = minTasks;
    this.longestRequest = props.longestRequest;
    this.serviceName = props.serviceName;
    this.metricsNamespace = props.metricsNamespace;
    this.logGroup = new logs.LogGroup(this, 'Logs', {
      retention: props.logRetention ?? logs.RetentionDays.ONE_WEEK,
      removalPolicy: props.logRemovalPolicy ?? RemovalPolicy.RETAIN,
    });
    network.admitImageLayers();

    this.targets = new elb.ApplicationTargetGroup(this, 'Targets', {
      vpc: network.vpc,
      port,
      protocol: elb.ApplicationProtocol.HTTP,
      targetType: elb.TargetType.IP,
      loadBalancingAlgorithmType: elb.TargetGroupLoadBalancingAlgorithmType.LEAST_OUTSTANDING_REQUESTS,
      deregistrationDelay: Duration.seconds(Math.ceil(longestRequest)),
      healthCheck: {
        path: healthPath,
        interval: healthInterval,
        timeout: Duration.seconds(5),
        healthyThresholdCount: 2,
        unhealthyThresholdCount: 3,
      },
    });
    this.listener = this.#balance(network, isolated);
    this.link = this.#linkTo(this.listener, network, isolated);

    this.service = new ecs.FargateService(this, 'Service', {
      // `Cluster` declares optional properties as possibly undefined, its interface does not.
      cluster: new ecs.Cluster(this, 'Cluster', {
        vpc: network.vpc,
        containerInsightsV2: ecs.ContainerInsights.ENABLED,
      }) as ecs.ICluster,
      taskDefinition: this.#task(props, { cpu, memory, longestRequest }),
      vpcSubnets: isolated,
      securityGroups: [network.clientGroup(this, 'Tasks', `Servers of ${this.node.path}`)],
      assignPublicIp: false,
      circuitBreaker: { rollback: true },
      minHealthyPercent: 100,
      maxHealthyPercent: 200,
      healthCheckGracePeriod: Duration.minutes(1),
      propagateTags: ecs.PropagatedTagSource.SERVICE,
      enableECSManagedTags: true,
    });
    this.service.attachToApplicationTargetGroup(this.targets);
    // A server needs its endpoints to fetch its image and write its log, and the listener to be registered.
    this.service.node.addDependency(network, this.listener);
    this.service
      .autoScaleTaskCount({ minCapacity: minTasks, maxCapacity: maxTasks })
      .scaleOnCpuUtilization('Busy', { targetUtilizationPercent: targetCpuPercent });
  }

  #balance(network: PrivateNetwork, vpcSubnets: ec2.SubnetSelection): elb.ApplicationListener {
    const balancer = new elb.ApplicationLoadBalancer(this, 'Balancer', {
      vpc: network.vpc,
      vpcSubnets,
      internetFacing: false,
      dropInvalidHeaderFields: true,
      securityGroup: new ec2.SecurityGroup(this, 'Balancers', {
        vpc: network.vpc,
        description: `Load balancer of ${this.node.path}: HTTP from the link, to the servers`,
        allowAllOutbound: false,
      }),
    });
    Validations.of(balancer).acknowledge({
      id: 'AwsSolutions::AwsSolutions-ELB2',
      reason: 'Requests come by one HTTP API, whose access log has each of them',
    });
    return balancer.addListener('Http', {
      // Inside the network, on connections that only the link can open: there is no name to certify.
      protocol: elb.ApplicationProtocol.HTTP,
      port: 80,
      open: false,
      defaultTargetGroups: [this.targets],
    });
  }

  #linkTo(
    listener: elb.ApplicationListener,
    network: PrivateNetwork,
    subnets: ec2.SubnetSelection,
  ): apigateway.VpcLink {
    const group = new ec2.SecurityGroup(this, 'Links', {
      vpc: network.vpc,
      description: `Link of an HTTP API to ${this.node.path}: to the load balancer`,
      allowAllOutbound: false,
    });
    group.connections.allowToDefaultPort(listener, 'Requests of the HTTP API');
    return new apigateway.VpcLink(this, 'Link', { vpc: network.vpc, subnets, securityGroups: [group] });
  }

  #task(
    props: WebServiceProps<Schema>,
    sizes: { readonly cpu: number; readonly memory: number; readonly longestRequest: number },
  ): ecs.FargateTaskDefinition {
    const task = new ecs.FargateTaskDefinition(this, 'Task', {
      cpu: sizes.cpu,
      memoryLimitMiB: sizes.memory,
      runtimePlatform: {
        cpuArchitecture: ecs.CpuArchitecture.ARM64,
        operatingSystemFamily: ecs.OperatingSystemFamily.LINUX,
      },
      taskRole: props.role,
      executionRole: new TaskExecutionRole(this, 'ExecutionRole', {
        description: `Lets ECS start the servers of ${this.node.path}`,
      }),
    });
    const shutdownSeconds = Math.ceil(sizes.longestRequest) + 5;
    const common: EnvironmentInput<typeof applicationServerEnvironment> = {
      AWS_REGION: Aws.REGION,
      LOG_LEVEL: props.logLevel,
      POWERTOOLS_SERVICE_NAME: props.serviceName,
      POWERTOOLS_METRICS_NAMESPACE: props.metricsNamespace,
      PORT: String(port),
      SHUTDOWN_SECONDS: String(shutdownSeconds),
    };
    task.addContainer('Server', {
      image: ecs.ContainerImage.fromDockerImageAsset(
        new ProgramImage(this, 'Image', { entry: props.entry, dockerfile: 'web/Dockerfile' }),
      ),
      environment: givenVariables({ ...props.environment, ...common }),
      portMappings: [{ containerPort: port }],
      logging: ecs.LogDrivers.awsLogs({ logGroup: this.logGroup, streamPrefix: 'server' }),
      readonlyRootFilesystem: true,
      user: 'node',
      // What the server itself takes, and a little to free what it holds.
      stopTimeout: Duration.seconds(shutdownSeconds + 10),
      linuxParameters: leastLinuxParameters(this, 'Linux'),
    });
    Validations.of(task).acknowledge({
      id: 'AwsSolutions::AwsSolutions-ECS2',
      reason: 'Names, addresses and numbers: nothing here is a secret, and a change is a deployment',
    });
    return task;
  }
}
