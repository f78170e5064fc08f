import { AssemblyError } from '../assembly/assembly-error.ts';
import { ResolvedAssembly } from '../assembly/resolved-assembly.ts';
import type { ResolvedStack } from '../assembly/resolved-stack.ts';
import type { ResourceDeclaration, ResourceIdentity } from '../assembly/resource.ts';
import { selectStacks } from '../assembly/stack-selection.ts';
import type { StackTemplate } from '../assembly/template.ts';
import type { FleetModel } from './fleet-model.ts';
import type { FleetSource } from './fleet-source.ts';
import { instanceFleets } from './instance-fleets.ts';
import { taskFleets } from './task-fleets.ts';

/**
 * Reads the fleets of a system from its synthesized templates: each Auto Scaling group and each ECS
 * service that policies scale on a queue.
 *
 * @throws AssemblyError for a system that there is not, or that has no such fleet.
 * @throws UnknownScaling for policies that the simulation does not play.
 */
export function readFleets(stacks: readonly StackTemplate[], system: string): readonly FleetModel[] {
  const selected = new Set(selectStacks(stacks, [system]).map(({ name }) => name));
  const { stacks: resolved } = new ResolvedAssembly(stacks, { identify });
  const fleets = resolved
    .filter(({ stack }) => selected.has(stack.name))
    .map(sourceOf)
    .flatMap(source => [...instanceFleets(source), ...taskFleets(source)]);
  if (fleets.length === 0) {
    throw new AssemblyError(
      `The system "${system}" has no fleet that is scaled on a queue: no Auto Scaling group or ECS service ` +
        'with scaling policies.',
    );
  }
  return fleets;
}

/** Properties that name what `Ref` gives. */
const nameProperties: Readonly<Record<string, string>> = {
  'AWS::SQS::Queue': 'QueueName',
  'AWS::AutoScaling::AutoScalingGroup': 'AutoScalingGroupName',
  'AWS::EC2::LaunchTemplate': 'LaunchTemplateName',
  'AWS::ECS::Cluster': 'ClusterName',
  'AWS::ECS::Service': 'ServiceName',
};

/** Any name will do that is the same wherever a resource is referred to. */
function identify(resource: ResourceDeclaration): ResourceIdentity {
  const named = resource.property(nameProperties[resource.type] ?? '');
  const ref = typeof named === 'string' ? named : resource.logicalId;
  const attributes = new Proxy<Record<string, string>>(
    {},
    { get: (_, name) => (name === 'QueueName' || name === 'Name' ? ref : `${ref}.${String(name)}`) },
  );
  return { ref, attributes };
}

function sourceOf(stack: ResolvedStack): FleetSource {
  const resources = stack.resources();
  const ofType = (type: string) => resources.filter(resource => resource.type === type);
  const refOf = ({ logicalId }: ResourceDeclaration) => stack.identity(logicalId).ref;
  return {
    stack,
    ofType,
    refOf,
    named: (type, ref) => ofType(type).find(resource => refOf(resource) === ref),
    queueNamed(name) {
      const queue = ofType('AWS::SQS::Queue').find(each => refOf(each) === name);
      if (queue === undefined) return undefined;
      const redrive = queue.property('RedrivePolicy') as { maxReceiveCount?: number | string } | undefined;
      return {
        name,
        visibilityTimeout: Number(queue.property('VisibilityTimeout') ?? 30),
        maxReceiveCount: redrive?.maxReceiveCount === undefined ? undefined : Number(redrive.maxReceiveCount),
      };
    },
  };
}
