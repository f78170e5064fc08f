import type { ResolvedStack } from '../assembly/resolved-stack.ts';
import type { ResourceDeclaration } from '../assembly/resource.ts';
import { type FleetModel, type QueueModel, UnknownScaling } from './fleet-model.ts';

/** A stack, as fleets are read from it. */
export interface FleetSource {
  readonly stack: ResolvedStack;
  ofType(type: string): readonly ResourceDeclaration[];
  /** The resource that a reference came to. */
  named(type: string, ref: unknown): ResourceDeclaration | undefined;
  refOf(resource: ResourceDeclaration): string;
  queueNamed(name: string): QueueModel | undefined;
}

/** The one queue that policies look at. */
export function queueOf(
  fleet: string,
  policies: FleetModel['policies'],
  queueNamed: FleetSource['queueNamed'],
): QueueModel {
  const metrics = policies.flatMap(policy => {
    const queries = policy.kind === 'target' ? policy.metrics : (policy.alarm.metrics ?? [policy.alarm]);
    return queries.map(({ metric }) => metric);
  });
  const names = new Set(metrics.flatMap(metric => metric?.dimensions?.QueueName ?? []));
  const [name] = names;
  if (name === undefined || names.size > 1) {
    throw new UnknownScaling(
      `${fleet} is scaled on ${names.size || 'no'} queues (${[...names].join(', ') || 'none'}). The simulation plays one.`,
    );
  }
  const queue = queueNamed(name);
  if (queue === undefined) {
    throw new UnknownScaling(`${fleet} is scaled on the queue ${name}, which is not in its stack.`);
  }
  return queue;
}
