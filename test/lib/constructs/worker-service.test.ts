import { Duration } from 'aws-cdk-lib';
import { parseEnvironment } from '../../../contracts/environment.ts';
import { checkedWorkerEnvironment } from '../../../contracts/worker.ts';
import { PropsError } from '../../../lib/constructs/validation.ts';
import { WorkerService, type WorkerServiceProps } from '../../../lib/constructs/worker-service.ts';
import {
  onlyResource,
  referredId,
  resourceOf,
  resourcesOfType,
  templateOf,
  testStack,
} from '../../support/stack-template.ts';
import { type TierProps, tierProps } from '../../support/worker-tier.ts';

type Options = Partial<WorkerServiceProps<unknown, TierProps['job']['environment']>>;

function makeService(options: Options = {}) {
  const stack = testStack();
  const props = tierProps(stack, WorkerService.services);
  const service = new WorkerService(stack, 'BackEnd', { ...props, ...options });
  return { stack, service, ...props };
}

const taskOf = (options?: Options) =>
  onlyResource(makeService(options).stack, 'AWS::ECS::TaskDefinition').Properties;

interface Container {
  readonly Environment: { readonly Name: string; readonly Value: unknown }[];
  readonly [property: string]: unknown;
}

function containerOf(options?: Options): Container {
  const [container] = taskOf(options).ContainerDefinitions as Container[];
  if (!container) throw new Error('The task has no container');
  return container;
}

const serviceOf = (options?: Options) => onlyResource(makeService(options).stack, 'AWS::ECS::Service');

const policyOf = (type: string, options?: Options) =>
  resourcesOfType(templateOf(makeService(options).stack), 'AWS::ApplicationAutoScaling::ScalingPolicy')
    .map(([, { Properties }]) => Properties)
    .find(({ PolicyType }) => PolicyType === type);

/** Statements of the role that is in the construct of that id. */
function statementsOf(role: string): { Action: string | string[]; Resource: unknown }[] {
  return resourcesOfType(templateOf(makeService().stack), 'AWS::IAM::Policy')
    .filter(([id]) => id.startsWith(`BackEnd${role}DefaultPolicy`))
    .flatMap(([, { Properties }]) => {
      const { Statement } = Properties.PolicyDocument as {
        Statement: { Action: string | string[]; Resource: unknown }[];
      };
      return Statement;
    });
}

const actionsOf = (role: string) =>
  statementsOf(role)
    .flatMap(({ Action }) => Action)
    .sort();

describe('tasks of a WorkerService', () => {
  it('are a quarter of an Arm processor with 512 MiB by default', () => {
    expect(taskOf()).toMatchObject({
      Cpu: '256',
      Memory: '512',
      RequiresCompatibilities: ['FARGATE'],
      RuntimePlatform: { CpuArchitecture: 'ARM64', OperatingSystemFamily: 'LINUX' },
    });
    expect(taskOf({ cpu: 1_024, memory: 4_096 })).toMatchObject({ Cpu: '1024', Memory: '4096' });
  });

  it('run without privileges, on a file system that they cannot change but for /tmp', () => {
    expect(containerOf()).toMatchObject({
      User: 'node',
      ReadonlyRootFilesystem: true,
      LinuxParameters: { Capabilities: { Drop: ['ALL'] } },
      MountPoints: [{ ContainerPath: '/tmp', ReadOnly: false, SourceVolume: 'work' }],
    });
    expect(taskOf().Volumes).toEqual([{ Name: 'work' }]);
  });

  it('have two minutes to stop, of which the worker leaves some for what it cannot finish', () => {
    const container = containerOf();
    const shutdown = container.Environment.find(({ Name }) => Name === 'SHUTDOWN_SECONDS');
    expect(container.StopTimeout).toBe(120);
    expect(Number(shutdown?.Value)).toBe(110);
  });

  it('are healthy when the worker says so', () => {
    expect(containerOf().HealthCheck).toMatchObject({
      Command: ['CMD', 'node', '-e', expect.stringContaining('http://127.0.0.1:8080/health')],
    });
  });

  it('get what a worker asks for', () => {
    const environment = Object.fromEntries(
      containerOf().Environment.map(({ Name, Value }) => [
        Name,
        typeof Value === 'string' ? Value : 'https://reference',
      ]),
    );
    // ECS adds the address of its agent.
    const given = { ...environment, ECS_AGENT_URI: 'http://169.254.170.2/api/0123' };
    expect(() => parseEnvironment(checkedWorkerEnvironment as never, given)).not.toThrow();
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
      PLATFORM: 'ecs',
      SHUTDOWN_SECONDS: '110',
      HEALTH_PORT: '8080',
    });
  });

  it('write to a log group of their own, kept for a week by default', () => {
    const { stack, service } = makeService();
    const [container] = onlyResource(stack, 'AWS::ECS::TaskDefinition').Properties
      .ContainerDefinitions as Container[];
    expect(container?.LogConfiguration).toMatchObject({
      LogDriver: 'awslogs',
      Options: { 'awslogs-group': stack.resolve(service.logGroup.logGroupName) },
    });
    expect(resourceOf(service.logGroup).Properties.RetentionInDays).toBe(7);
  });
});

describe('a WorkerService', () => {
  it('lives in isolated subnets, without a public address, behind a group that lets nobody in', () => {
    const { stack, service, network } = makeService();
    expect(onlyResource(stack, 'AWS::ECS::Service').Properties.NetworkConfiguration).toEqual({
      AwsvpcConfiguration: {
        AssignPublicIp: 'DISABLED',
        SecurityGroups: [stack.resolve(service.securityGroup.securityGroupId)],
        Subnets: network.vpc.isolatedSubnets.map(({ subnetId }) => stack.resolve(subnetId)),
      },
    });
    expect(resourceOf(service.securityGroup).Properties).not.toHaveProperty('SecurityGroupIngress');
  });

  it('fetches its image through the network: layers come from a bucket of ECR', () => {
    const { stack, network } = makeService();
    const endpoint = resourcesOfType(templateOf(stack), 'AWS::EC2::VPCEndpoint').find(([, { Properties }]) =>
      JSON.stringify(Properties.ServiceName).includes('".s3"'),
    );
    expect(JSON.stringify(endpoint?.[1].Properties.PolicyDocument)).toContain('-starport-layer-bucket/*');
    const waitedFor = onlyResource(stack, 'AWS::ECS::Service').DependsOn;
    for (const service of WorkerService.services) {
      expect(waitedFor).toContain(stack.getLogicalId(network.endpoint(service).node.defaultChild as never));
    }
  });

  it('rolls a deployment back whose tasks do not stay up', () => {
    expect(serviceOf().Properties.DeploymentConfiguration).toEqual({
      DeploymentCircuitBreaker: { Enable: true, Rollback: true },
      MinimumHealthyPercent: 100,
      MaximumPercent: 200,
    });
  });

  it('leaves the number of its tasks to scaling, also when it is deployed again', () => {
    expect(serviceOf().Properties).not.toHaveProperty('DesiredCount');
    const target = onlyResource(
      makeService().stack,
      'AWS::ApplicationAutoScaling::ScalableTarget',
    ).Properties;
    expect(target).toMatchObject({
      MinCapacity: 0,
      MaxCapacity: 10,
      ServiceNamespace: 'ecs',
      ScalableDimension: 'ecs:service:DesiredCount',
    });
    const other = makeService({ minTasks: 2, maxTasks: 4 }).stack;
    expect(onlyResource(other, 'AWS::ApplicationAutoScaling::ScalableTarget').Properties).toMatchObject({
      MinCapacity: 2,
      MaxCapacity: 4,
    });
  });

  it('counts its tasks every minute, which scaling divides by', () => {
    expect(onlyResource(makeService().stack, 'AWS::ECS::Cluster').Properties.ClusterSettings).toEqual([
      { Name: 'containerInsights', Value: 'enabled' },
    ]);
  });

  it('follows what waits for each task', () => {
    const { stack, queue, service } = makeService();
    const dimensions = [
      { Name: 'ClusterName', Value: stack.resolve(service.service.cluster.clusterName) },
      { Name: 'ServiceName', Value: stack.resolve(service.service.serviceName) },
    ];
    expect(policyOf('TargetTrackingScaling')?.TargetTrackingScalingPolicyConfiguration).toEqual({
      TargetValue: 10,
      ScaleInCooldown: 120,
      ScaleOutCooldown: 120,
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
                Namespace: 'ECS/ContainerInsights',
                MetricName: 'RunningTaskCount',
                Dimensions: dimensions,
              },
              Stat: 'Average',
            },
            ReturnData: false,
          },
          { Id: 'queued', Expression: 'waiting / workers', ReturnData: false },
          { Id: 'occupied', Expression: 'busy / (workers * 1)', ReturnData: false },
          { Id: 'held', Expression: '9.5 * IF(occupied > 1, 1, occupied)', ReturnData: false },
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

  it('begins with as many tasks as what waits asks for, when there are none', () => {
    expect(policyOf('StepScaling', { maxTasks: 2, cooldown: Duration.minutes(3) })).toMatchObject({
      StepScalingPolicyConfiguration: {
        AdjustmentType: 'ChangeInCapacity',
        Cooldown: 180,
        StepAdjustments: [
          { MetricIntervalLowerBound: 0, MetricIntervalUpperBound: 10, ScalingAdjustment: 1 },
          { MetricIntervalLowerBound: 10, ScalingAdjustment: 2 },
        ],
      },
    });
    const { stack } = makeService();
    const alarm = onlyResource(stack, 'AWS::CloudWatch::Alarm').Properties;
    expect(JSON.stringify(alarm.Metrics)).toContain('"DesiredTaskCount"');
    const [action] = (alarm.AlarmActions as unknown[]).map(referredId);
    expect(templateOf(stack).Resources[action ?? '']?.Properties.PolicyType).toBe('StepScaling');
  });
});

describe('roles of a WorkerService', () => {
  it('let its workers take jobs and protect their own tasks', () => {
    expect(actionsOf('Role')).toEqual([
      'ecs:GetTaskProtection',
      'ecs:UpdateTaskProtection',
      'kms:Decrypt',
      'sqs:ChangeMessageVisibility',
      'sqs:DeleteMessage',
      'sqs:GetQueueAttributes',
      'sqs:ReceiveMessage',
    ]);
    const protecting = statementsOf('Role').find(({ Action }) => Action.includes('ecs:UpdateTaskProtection'));
    const { stack, service } = makeService();
    expect(JSON.stringify(protecting?.Resource)).toContain(
      JSON.stringify([':task/', stack.resolve(service.service.cluster.clusterName), '/*']).slice(1, -1),
    );
  });

  it('let ECS fetch the image and write the log, and nothing else', () => {
    expect(actionsOf('ExecutionRole')).toEqual([
      'ecr:BatchCheckLayerAvailability',
      'ecr:BatchGetImage',
      'ecr:GetAuthorizationToken',
      'ecr:GetDownloadUrlForLayer',
      'logs:CreateLogStream',
      'logs:PutLogEvents',
    ]);
  });

  it('are for tasks of this account', () => {
    const { stack, service } = makeService();
    expect(resourceOf(service.role).Properties.AssumeRolePolicyDocument).toMatchObject({
      Statement: [
        {
          Principal: { Service: 'ecs-tasks.amazonaws.com' },
          Condition: {
            ArnLike: { 'aws:SourceArn': stack.resolve(stack.formatArn({ service: 'ecs', resource: '*' })) },
            StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } },
          },
        },
      ],
    });
  });
});

describe('props of a WorkerService', () => {
  it.each<[string, Options, string]>([
    [
      'there may be no task',
      { maxTasks: 0 },
      'maxTasks is 0; allowed: a whole number of 1 or more. A service of none',
    ],
    [
      'there must be more than there may be',
      { minTasks: 3, maxTasks: 2 },
      'minTasks is 3; allowed: a whole number from 0 to maxTasks, 2. Lower it',
    ],
    [
      'Fargate does not sell the processor',
      { cpu: 300 },
      'cpu is 300; allowed: 256, 512, 1024, 2048, 4096, 8192, 16384. Fargate sells',
    ],
    [
      'Fargate does not sell the memory with it',
      { cpu: 512, memory: 512 },
      'memory is 512; allowed: with cpu 512: 1024, 2048, 3072, 4096. Choose one',
    ],
    [
      'tasks wait too long for each other',
      { cooldown: Duration.hours(2) },
      'cooldown is 7200 s; allowed: 0 seconds to 1 hour.',
    ],
    [
      'a message takes longer than it may wait',
      { acceptableLatency: Duration.minutes(1) },
      'acceptableLatency is 60000 ms; allowed: at least timePerMessage, 120000 ms.',
    ],
  ])('fails when %s', (_, options, message) => {
    expect(() => makeService(options)).toThrow(PropsError);
    expect(() => makeService(options)).toThrow(message);
  });

  it('fails when the network lacks what tasks call', () => {
    const stack = testStack();
    expect(() => new WorkerService(stack, 'BackEnd', tierProps(stack, ['sqs', 'logs']))).toThrow(
      "orders/BackEnd: network's services is without ecr.api, ecr.dkr; allowed:",
    );
  });
});
