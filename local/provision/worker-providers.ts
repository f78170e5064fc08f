import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ACCOUNT_ID } from '../assembly/cloud-assembly.ts';
import type { ResourceDeclaration } from '../assembly/resource.ts';
import { readBootScript } from '../workers/boot-script.ts';
import type { WorkerFleet } from '../workers/worker-fleet.ts';
import type { WorkerTemplate } from '../workers/worker-fleets.ts';
import { localVariables, type WorkerSpec } from '../workers/worker-spec.ts';
import { physicalName } from './physical-name.ts';
import { listOf } from './property-values.ts';
import type { ResourceProvider } from './provider.ts';
import type { LocalServices } from './services.ts';

/** @see https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_CreateAutoScalingGroup.html */
const NAME_LIMIT = 255;

interface TemplateReference {
  readonly LaunchTemplateId?: string;
  readonly LaunchTemplateName?: string;
}

interface Container {
  readonly Image?: unknown;
  readonly Environment?: readonly { readonly Name: string; readonly Value: unknown }[];
}

/** A launch template whose boot script starts a worker of this repository. */
export const launchTemplateProvider: ResourceProvider = {
  type: 'AWS::EC2::LaunchTemplate',
  phase: 'compute',
  identify(resource) {
    const name = physicalName(resource, resource.property('LaunchTemplateName'), { limit: NAME_LIMIT });
    return {
      ref: name,
      attributes: { LaunchTemplateId: name, LatestVersionNumber: '1', DefaultVersionNumber: '1' },
    };
  },
  async provision(resource, services) {
    // By itself: the rest names images and profiles that only AWS has.
    const script = resource.property('LaunchTemplateData', 'UserData');
    const worker =
      typeof script === 'string' ? readBootScript(Buffer.from(script, 'base64').toString()) : undefined;
    if (worker === undefined) return;
    services.workers.addTemplate(launchTemplateProvider.identify(resource, noAddresses).ref, {
      directory: resource.assetPath(worker.objectKey),
      command: worker.command,
      environment: worker.variables,
    });
  },
};

export const autoScalingGroupProvider: ResourceProvider = {
  type: 'AWS::AutoScaling::AutoScalingGroup',
  phase: 'entrances',
  identify(resource) {
    return { ref: groupName(resource), attributes: {} };
  },
  async provision(resource, services) {
    const reference = (resource.property('LaunchTemplate') ??
      resource.property('MixedInstancesPolicy', 'LaunchTemplate', 'LaunchTemplateSpecification')) as
      | TemplateReference
      | undefined;
    const ref = reference?.LaunchTemplateId ?? reference?.LaunchTemplateName ?? '';
    const fleetName = groupName(resource);
    startFleet(resource, services.workers.template(ref), services, {
      fleetName,
      counted: {
        namespace: 'AWS/AutoScaling',
        desired: 'GroupDesiredCapacity',
        inService: 'GroupInServiceInstances',
        dimensions: { AutoScalingGroupName: fleetName },
      },
    });
  },
};

/** A task definition whose one container is built from the worker's bundle. */
export const taskDefinitionProvider: ResourceProvider = {
  type: 'AWS::ECS::TaskDefinition',
  phase: 'compute',
  identify(resource) {
    const family = physicalName(resource, resource.property('Family'), { limit: NAME_LIMIT });
    const arn = `arn:aws:ecs:${resource.region}:${ACCOUNT_ID}:task-definition/${family}:1`;
    return { ref: arn, attributes: { TaskDefinitionArn: arn } };
  },
  async provision(resource, services) {
    const [container, ...others] = listOf<Container>(resource, 'ContainerDefinitions');
    const [, tag] = /:([0-9a-zA-Z_.-]+)$/.exec(String(container?.Image)) ?? [];
    if (container === undefined || others.length > 0 || tag === undefined) return;
    const directory = resource.assetPath(tag);
    const command = startCommand(readFileSync(join(directory, 'Dockerfile'), 'utf8'));
    if (command === undefined) return;
    services.workers.addTemplate(taskDefinitionProvider.identify(resource, noAddresses).ref, {
      directory,
      command,
      environment: {
        ...Object.fromEntries(
          (container.Environment ?? []).map(({ Name, Value }) => [Name, String(Value)] as const),
        ),
        // ECS gives it to every task.
        AWS_REGION: resource.region,
      },
    });
  },
};

export const containerServiceProvider: ResourceProvider = {
  type: 'AWS::ECS::Service',
  phase: 'entrances',
  identify(resource) {
    const name = serviceName(resource);
    const arn = `arn:aws:ecs:${resource.region}:${ACCOUNT_ID}:service/${name}`;
    return { ref: arn, attributes: { Name: name, ServiceArn: arn } };
  },
  async provision(resource, services) {
    const ref = String(resource.property('TaskDefinition'));
    const fleetName = serviceName(resource);
    const identity = {
      fleetName,
      counted: {
        namespace: 'ECS/ContainerInsights',
        desired: 'DesiredTaskCount',
        inService: 'RunningTaskCount',
        dimensions: { ClusterName: String(resource.property('Cluster')), ServiceName: fleetName },
      },
    };
    const [balancer] = listOf<{ readonly TargetGroupArn?: string }>(resource, 'LoadBalancers');
    const template = services.workers.template(ref);
    if (balancer?.TargetGroupArn === undefined) {
      startFleet(resource, template, services, identity);
      return;
    }
    const servers = template && { ...template, environment: { ...template.environment, ...ofServers } };
    const fleet = startFleet(
      resource,
      servers,
      services,
      identity,
      Math.max(services.workers.size, fewestServers),
    );
    if (fleet) services.loadBalancers.addServers(balancer.TargetGroupArn, fleet);
  },
};

/** What these types are called does not depend on where anything listens. */
const noAddresses = { endpoint: '', httpApi: () => '', broker: () => '' };

/** Where servers listen here: each process on a port of its own, which its log tells. */
const ofServers = { HOST: '127.0.0.1', PORT: '0' };

/** Servers behind a load balancer: of two, one can die. */
const fewestServers = 2;

function startFleet(
  resource: ResourceDeclaration,
  template: WorkerTemplate | undefined,
  services: LocalServices,
  identity: Pick<WorkerSpec, 'fleetName' | 'counted'>,
  size = services.workers.size,
): WorkerFleet | undefined {
  if (template === undefined) {
    services.note(resource, 'does not run here: it starts no worker of this repository');
    return undefined;
  }
  const { BROKER_ADDRESSES: broker } = template.environment;
  if (broker !== undefined && !services.brokers.runsAt(broker)) {
    services.note(resource, 'does not run here: its broker does not');
    return undefined;
  }
  const spec = {
    ...identity,
    path: resource.path,
    directory: template.directory,
    command: template.command,
    environment: {
      ...localVariables(template.environment, services),
      ...services.environmentOverride(resource),
    },
  };
  return services.workers.start(spec, size);
}

/** What the image starts Node.js with: its `CMD`, in the form of a list. */
function startCommand(dockerfile: string): readonly string[] | undefined {
  const [, list] = /^CMD (\[.*\])$/m.exec(dockerfile) ?? [];
  const [program, ...command] = list === undefined ? [] : (JSON.parse(list) as string[]);
  return program === 'node' ? command : undefined;
}

function groupName(resource: ResourceDeclaration): string {
  return physicalName(resource, resource.property('AutoScalingGroupName'), { limit: NAME_LIMIT });
}

function serviceName(resource: ResourceDeclaration): string {
  return physicalName(resource, resource.property('ServiceName'), { limit: NAME_LIMIT });
}
