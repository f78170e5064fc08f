import type { ResourceDeclaration } from '../assembly/resource.ts';
import type { DrainModel, FleetModel, ScalingPolicy } from './fleet-model.ts';
import { type FleetSource, queueOf } from './fleet-source.ts';
import { type DeclaredSteps, type DeclaredTarget, stepPolicies, targetPolicy } from './template-policies.ts';
import { type WorkerVariables, workerVariables } from './worker-variables.ts';

interface Container {
  readonly Environment?: readonly { readonly Name: string; readonly Value: string }[];
  readonly StopTimeout?: number;
}

/** Cooldown of an ECS service where a policy has none. */
const defaultCooldown = 300;
const defaultStopTimeout = 30;

/** ECS services with policies of Application Auto Scaling. */
export function taskFleets(source: FleetSource): FleetModel[] {
  const targets = source
    .ofType('AWS::ApplicationAutoScaling::ScalableTarget')
    .filter(target => target.property('ScalableDimension') === 'ecs:service:DesiredCount');
  return targets.flatMap(target => {
    const policies = source
      .ofType('AWS::ApplicationAutoScaling::ScalingPolicy')
      .filter(policy => isOf(policy, target, source))
      .flatMap(policy => policyOf(policy, source));
    if (policies.length === 0) return [];
    const ref = String(target.property('ResourceId')).split('/').at(-1) ?? '';
    const service = source.named('AWS::ECS::Service', ref);
    const name = service === undefined || service.property('ServiceName') ? ref : parentOf(service.path);
    const container = containerOf(service, source);
    const worker = workerVariables(
      Object.fromEntries((container?.Environment ?? []).map(({ Name, Value }) => [Name, Value])),
    );
    const minWorkers = Number(target.property('MinCapacity'));
    return {
      name,
      platform: 'ecs' as const,
      minWorkers,
      maxWorkers: Number(target.property('MaxCapacity')),
      initialWorkers: Math.max(minWorkers, Number(service?.property('DesiredCount') ?? 0)),
      queue: queueOf(name, policies, ref => source.queueNamed(ref)),
      policies,
      launchHook: undefined,
      drain: drainOf(container, worker),
      worker: worker.model,
    };
  });
}

/** A service that nobody named is known by where it stands. */
const parentOf = (path: string) => path.split('/').slice(0, -1).join('/');

function isOf(policy: ResourceDeclaration, target: ResourceDeclaration, source: FleetSource): boolean {
  return (
    policy.property('ScalingTargetId') === source.refOf(target) ||
    policy.property('ResourceId') === target.property('ResourceId')
  );
}

function policyOf(policy: ResourceDeclaration, source: FleetSource): readonly ScalingPolicy[] {
  if (policy.property('PolicyType') === 'TargetTrackingScaling') {
    const declared = policy.property('TargetTrackingScalingPolicyConfiguration') as DeclaredTarget & {
      readonly ScaleOutCooldown?: number;
      readonly ScaleInCooldown?: number;
    };
    return [
      targetPolicy(policy, declared, {
        warmUp: 0,
        outCooldown: Number(declared.ScaleOutCooldown ?? defaultCooldown),
        inCooldown: Number(declared.ScaleInCooldown ?? defaultCooldown),
      }),
    ];
  }
  const steps = policy.property('StepScalingPolicyConfiguration') as DeclaredSteps & {
    readonly Cooldown?: number;
  };
  const cooldown = Number(steps.Cooldown ?? defaultCooldown);
  return stepPolicies(policy, steps, { warmUp: 0, outCooldown: cooldown, inCooldown: cooldown }, source);
}

/** A worker protects its task while it has jobs; one that cannot is stopped in the middle of them. */
function drainOf(container: Container | undefined, worker: WorkerVariables): DrainModel {
  if (worker.platform === 'ecs') return { grace: worker.shutdown, releases: true, sparesBusy: true };
  return {
    grace: Number(container?.StopTimeout ?? defaultStopTimeout),
    releases: false,
    sparesBusy: false,
  };
}

function containerOf(service: ResourceDeclaration | undefined, source: FleetSource): Container | undefined {
  const task = source.named('AWS::ECS::TaskDefinition', service?.property('TaskDefinition'));
  const containers = (task?.property('ContainerDefinitions') ?? []) as readonly Container[];
  return (
    containers.find(({ Environment = [] }) => Environment.some(({ Name }) => Name === 'CONCURRENCY')) ??
    containers[0]
  );
}
