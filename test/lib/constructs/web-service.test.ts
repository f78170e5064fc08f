import { Duration, type Stack } from 'aws-cdk-lib';
import { HttpMethod } from 'aws-cdk-lib/aws-apigatewayv2';
import * as v from 'valibot';
import { applicationServerEnvironment, healthPath } from '../../../contracts/application-server.ts';
import { parseEnvironment, required } from '../../../contracts/environment.ts';
import { TaskRole } from '../../../lib/constructs/fleet/container-task.ts';
import { HttpIntake } from '../../../lib/constructs/http-intake.ts';
import { PrivateNetwork } from '../../../lib/constructs/private-network.ts';
import { PropsError } from '../../../lib/constructs/validation.ts';
import { WebService, type WebServiceProps } from '../../../lib/constructs/web-service.ts';
import {
  onlyResource,
  referredId,
  resourceOf,
  resourcesOfType,
  templateOf,
  testStack,
} from '../../support/stack-template.ts';

const environmentSchema = v.object({ TABLE: required });

type Options = Partial<WebServiceProps<typeof environmentSchema>>;

function makeService(options: Options = {}) {
  const stack = testStack();
  const network = new PrivateNetwork(stack, 'Network', { services: WebService.services });
  const role = new TaskRole(stack, 'Role', { description: 'What the servers may do' });
  const web = new WebService(stack, 'Web', {
    network,
    role,
    entry: 'web/travel-search/main.ts',
    environmentSchema,
    environment: { TABLE: 'answers' },
    serviceName: 'web',
    metricsNamespace: 'TravelSearch',
    logLevel: 'INFO',
    longestRequest: Duration.seconds(20),
    ...options,
  });
  const intake = new HttpIntake(stack, 'Intake', { ratePerSecond: 10, burst: 10 });
  intake.routeToService(HttpMethod.POST, '/searches', web);
  return { stack, web, role };
}

interface Container {
  readonly Environment: { readonly Name: string; readonly Value: unknown }[];
  readonly [property: string]: unknown;
}

function containerOf(options?: Options): Container {
  const task = onlyResource(makeService(options).stack, 'AWS::ECS::TaskDefinition');
  const [container] = task.Properties.ContainerDefinitions as Container[];
  if (!container) throw new Error('The task has no container');
  return container;
}

const propertiesOf = (type: string, options?: Options) =>
  onlyResource(makeService(options).stack, type).Properties;

/** Logical id of the one resource of a type. */
function onlyId(stack: Stack, type: string): string | undefined {
  const ids = resourcesOfType(templateOf(stack), type).map(([id]) => id);
  expect(ids).toHaveLength(1);
  return ids[0];
}

describe('the way in', () => {
  it('leads from the API by its link to the internal load balancer, which passes on to the servers', () => {
    const { stack } = makeService();
    const integration = onlyResource(stack, 'AWS::ApiGatewayV2::Integration').Properties;
    const targetsId = onlyId(stack, 'AWS::ElasticLoadBalancingV2::TargetGroup');
    const listener = onlyResource(stack, 'AWS::ElasticLoadBalancingV2::Listener');

    expect(integration).toMatchObject({
      IntegrationType: 'HTTP_PROXY',
      ConnectionType: 'VPC_LINK',
      TimeoutInMillis: 29_000,
    });
    expect(referredId(integration.ConnectionId)).toBe(onlyId(stack, 'AWS::ApiGatewayV2::VpcLink'));
    expect(referredId(integration.IntegrationUri)).toBe(
      onlyId(stack, 'AWS::ElasticLoadBalancingV2::Listener'),
    );
    const [action] = listener.Properties.DefaultActions as { TargetGroupArn: unknown }[];
    expect(referredId(action?.TargetGroupArn)).toBe(targetsId);
    const [attached] = onlyResource(stack, 'AWS::ECS::Service').Properties.LoadBalancers as {
      TargetGroupArn: unknown;
      ContainerPort: number;
    }[];
    expect(referredId(attached?.TargetGroupArn)).toBe(targetsId);
    expect(attached?.ContainerPort).toBe(8_080);
    expect(onlyResource(stack, 'AWS::ElasticLoadBalancingV2::LoadBalancer').Properties.Scheme).toBe(
      'internal',
    );
  });

  it('asks callers for a signature', () => {
    expect(propertiesOf('AWS::ApiGatewayV2::Route')).toMatchObject({
      RouteKey: 'POST /searches',
      AuthorizationType: 'AWS_IAM',
    });
  });

  it('is open to the link alone, step by step: no group lets in an address', () => {
    const template = templateOf(makeService().stack);
    const ingress = resourcesOfType(template, 'AWS::EC2::SecurityGroupIngress').map(([, { Properties }]) => ({
      into: referredId(Properties.GroupId)?.replace(/[0-9A-F]{8}$/, ''),
      from: referredId(Properties.SourceSecurityGroupId)?.replace(/[0-9A-F]{8}$/, ''),
      port: Properties.ToPort,
    }));
    expect(ingress).toEqual(
      expect.arrayContaining([
        { into: 'WebBalancers', from: 'WebLinks', port: 80 },
        { into: 'WebTasks', from: 'WebBalancers', port: 8_080 },
        { into: 'NetworkEndpoints', from: 'WebTasks', port: 443 },
      ]),
    );
    expect(ingress).toHaveLength(3);
    for (const [, { Properties }] of resourcesOfType(template, 'AWS::EC2::SecurityGroup')) {
      expect(Properties.SecurityGroupIngress ?? []).toEqual([]);
    }
  });
});

describe('a server', () => {
  it('is well when it says so, and gets as much time as its longest request takes when it goes', () => {
    expect(propertiesOf('AWS::ElasticLoadBalancingV2::TargetGroup')).toMatchObject({
      HealthCheckPath: healthPath,
      TargetType: 'ip',
      TargetGroupAttributes: expect.arrayContaining([
        { Key: 'deregistration_delay.timeout_seconds', Value: '20' },
      ]),
    });
    const { StopTimeout, Environment } = containerOf();
    const shutdown = Environment.find(({ Name }) => Name === 'SHUTDOWN_SECONDS')?.Value;
    expect(Number(shutdown)).toBeGreaterThan(20);
    expect(StopTimeout).toBeGreaterThan(Number(shutdown));
  });

  it('gets an environment that it understands, and its own variables', () => {
    const variables = Object.fromEntries(containerOf().Environment.map(({ Name, Value }) => [Name, Value]));
    expect(variables).toMatchObject({ TABLE: 'answers', PORT: '8080', POWERTOOLS_SERVICE_NAME: 'web' });
    expect(() =>
      parseEnvironment(applicationServerEnvironment, { ...variables, AWS_REGION: 'eu-west-1' }),
    ).not.toThrow();
  });

  it('runs without privileges, on a file system that it cannot write to', () => {
    expect(containerOf()).toMatchObject({
      User: 'node',
      ReadonlyRootFilesystem: true,
      LinuxParameters: { Capabilities: { Drop: ['ALL'] } },
    });
  });

  it('lives in isolated subnets, without an address of its own', () => {
    expect(propertiesOf('AWS::ECS::Service')).toMatchObject({
      NetworkConfiguration: { AwsvpcConfiguration: { AssignPublicIp: 'DISABLED' } },
      DeploymentConfiguration: { DeploymentCircuitBreaker: { Enable: true, Rollback: true } },
    });
  });

  it('has the role that it was given', () => {
    const { stack, role } = makeService();
    const { TaskRoleArn } = onlyResource(stack, 'AWS::ECS::TaskDefinition').Properties;
    expect(referredId(TaskRoleArn)).toBe(
      stack.resolve((role.node.defaultChild as { logicalId?: string }).logicalId),
    );
    expect(resourceOf(role).Properties.Policies).toBeUndefined();
  });
});

describe('the number of servers', () => {
  it('is two to ten, by how busy they are', () => {
    expect(propertiesOf('AWS::ApplicationAutoScaling::ScalableTarget')).toMatchObject({
      MinCapacity: 2,
      MaxCapacity: 10,
    });
    expect(propertiesOf('AWS::ApplicationAutoScaling::ScalingPolicy')).toMatchObject({
      TargetTrackingScalingPolicyConfiguration: {
        TargetValue: 60,
        PredefinedMetricSpecification: { PredefinedMetricType: 'ECSServiceAverageCPUUtilization' },
      },
    });
  });
});

describe('it fails when', () => {
  it.each<[string, Options, string]>([
    [
      'a request may take longer than API Gateway waits',
      { longestRequest: Duration.seconds(29) },
      'longestRequest is 29 s',
    ],
    ['there is no server', { minTasks: 0 }, 'minTasks is 0'],
    ['there are more at least than at most', { minTasks: 3, maxTasks: 2 }, 'minTasks is 3'],
    ['Fargate sells no such size', { cpu: 300 }, 'cpu is 300'],
    ['the memory does not go with the processor', { memory: 4_096 }, 'memory is 4096'],
  ])('%s', (_, options, message) => {
    expect(() => makeService(options)).toThrow(PropsError);
    expect(() => makeService(options)).toThrow(message);
  });

  it('its network has no endpoint of what it needs', () => {
    const stack = testStack();
    const network = new PrivateNetwork(stack, 'Bare', { services: ['sqs'] });
    expect(() => makeService({ network })).toThrow("network's services is without ecr.api, ecr.dkr, logs");
  });
});
