import { TemplateLocation } from '../assembly/assembly-error.ts';
import type { ResourceDeclaration } from '../assembly/resource.ts';
import type { DrainModel, FleetModel, LaunchHook, ScalingPolicy } from './fleet-model.ts';
import { type FleetSource, queueOf } from './fleet-source.ts';
import { type DeclaredSteps, type DeclaredTarget, stepPolicies, targetPolicy } from './template-policies.ts';
import { variablesInScript, type WorkerVariables, workerVariables } from './worker-variables.ts';

interface Hook {
  readonly LifecycleHookName?: string;
  readonly LifecycleTransition: string;
  readonly HeartbeatTimeout?: number;
  readonly DefaultResult?: string;
}

interface TemplateReference {
  readonly LaunchTemplateId?: string;
  readonly LaunchTemplateName?: string;
}

/** Longest that heartbeats can hold an instance back. */
const longestWait = 48 * 3_600;

/** Auto Scaling groups with policies. */
export function instanceFleets(source: FleetSource): FleetModel[] {
  return source.ofType('AWS::AutoScaling::AutoScalingGroup').flatMap(group => {
    const name = source.refOf(group);
    const policies = source
      .ofType('AWS::AutoScaling::ScalingPolicy')
      .filter(policy => policy.property('AutoScalingGroupName') === name)
      .flatMap(policy => policyOf(policy, group, source));
    if (policies.length === 0) return [];
    const worker = workerVariables(variablesInScript(bootScript(group, source)));
    const hooks = hooksOf(group, source);
    const minWorkers = Number(group.property('MinSize') ?? 0);
    return {
      name,
      platform: 'ec2' as const,
      minWorkers,
      maxWorkers: Number(group.property('MaxSize') ?? minWorkers),
      initialWorkers: Number(group.property('DesiredCapacity') ?? minWorkers),
      queue: queueOf(name, policies, ref => source.queueNamed(ref)),
      policies,
      launchHook: launchHookOf(hooks),
      drain: drainOf(hooks, worker),
      worker: worker.model,
    };
  });
}

function policyOf(
  policy: ResourceDeclaration,
  group: ResourceDeclaration,
  source: FleetSource,
): readonly ScalingPolicy[] {
  const warmUp =
    policy.property('EstimatedInstanceWarmup') ??
    group.property('DefaultInstanceWarmup') ??
    group.property('Cooldown') ??
    300;
  const times = { warmUp: Number(warmUp), outCooldown: 0, inCooldown: 0 };
  if (policy.property('PolicyType') === 'TargetTrackingScaling') {
    const declared = policy.property('TargetTrackingConfiguration') as DeclaredTarget;
    return [targetPolicy(policy, declared, times)];
  }
  const steps: DeclaredSteps = {
    AdjustmentType: String(policy.property('AdjustmentType')),
    MinAdjustmentMagnitude: Number(policy.property('MinAdjustmentMagnitude') ?? 0),
    StepAdjustments: (policy.property('StepAdjustments') ?? []) as NonNullable<
      DeclaredSteps['StepAdjustments']
    >,
  };
  return stepPolicies(policy, steps, times, source);
}

/** Hooks of the group itself, and those that are resources of their own. */
function hooksOf(group: ResourceDeclaration, source: FleetSource): readonly Hook[] {
  const separate = source
    .ofType('AWS::AutoScaling::LifecycleHook')
    .filter(hook => hook.property('AutoScalingGroupName') === source.refOf(group))
    .map(hook => ({
      LifecycleHookName: String(hook.property('LifecycleHookName') ?? hook.logicalId),
      LifecycleTransition: String(hook.property('LifecycleTransition')),
      HeartbeatTimeout: Number(hook.property('HeartbeatTimeout') ?? 3_600),
      DefaultResult: String(hook.property('DefaultResult') ?? 'ABANDON'),
    }));
  return [...((group.property('LifecycleHookSpecificationList') ?? []) as readonly Hook[]), ...separate];
}

function launchHookOf(hooks: readonly Hook[]): LaunchHook | undefined {
  const hook = hooks.find(({ LifecycleTransition: at }) => at === 'autoscaling:EC2_INSTANCE_LAUNCHING');
  if (hook === undefined) return undefined;
  return {
    timeout: Number(hook.HeartbeatTimeout ?? 3_600),
    defaultResult: hook.DefaultResult === 'CONTINUE' ? 'CONTINUE' : 'ABANDON',
  };
}

/** Only a worker that knows of the hook holds on to it; the others are told nothing before they go. */
function drainOf(hooks: readonly Hook[], worker: WorkerVariables): DrainModel {
  const hook = hooks.find(
    ({ LifecycleTransition: at, LifecycleHookName: name }) =>
      at === 'autoscaling:EC2_INSTANCE_TERMINATING' && name === worker.drainHook,
  );
  if (hook === undefined) return { grace: 0, releases: false, sparesBusy: false };
  const heartbeats = Math.min(100 * Number(hook.HeartbeatTimeout ?? 3_600), longestWait);
  return { grace: Math.min(worker.shutdown, heartbeats), releases: true, sparesBusy: false };
}

/** Resolved by itself: the rest of a launch template may refer to what only a deployment knows. */
function bootScript(group: ResourceDeclaration, source: FleetSource): string {
  const mixed = group.property('MixedInstancesPolicy') as
    | { LaunchTemplate?: { LaunchTemplateSpecification?: TemplateReference } }
    | undefined;
  const reference =
    (group.property('LaunchTemplate') as TemplateReference | undefined) ??
    mixed?.LaunchTemplate?.LaunchTemplateSpecification;
  const template = source.named(
    'AWS::EC2::LaunchTemplate',
    reference?.LaunchTemplateId ?? reference?.LaunchTemplateName,
  );
  if (template === undefined) return '';
  const { stack } = source;
  const data = stack.stack.template.Resources[template.logicalId]?.Properties?.LaunchTemplateData as
    | { readonly UserData?: unknown }
    | undefined;
  const script = stack.resolve(
    data?.UserData,
    new TemplateLocation(template.stackName, template.logicalId, ['LaunchTemplateData', 'UserData']),
  );
  return typeof script === 'string' ? Buffer.from(script, 'base64').toString() : '';
}
