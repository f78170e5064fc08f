import { queuesOf } from './template-queues.ts';
import { type CloudFormationTemplate, referredId, resourcesOfType } from './template-resources.ts';

export interface MappingProperties {
  readonly EventSourceArn: unknown;
  readonly FunctionName: unknown;
  readonly BatchSize: unknown;
  readonly MaximumBatchingWindowInSeconds: unknown;
  readonly FunctionResponseTypes: readonly unknown[];
  readonly ProvisionedPollerConfig: unknown;
  readonly ScalingConfig: { readonly MaximumConcurrency?: unknown };
}

export interface FunctionProperties {
  readonly Timeout: unknown;
  readonly ReservedConcurrentExecutions: unknown;
}

/** Each mapping of a queue to a function, with both. */
export function consumersOf(template: CloudFormationTemplate) {
  const queues = queuesOf(template);
  const functions = resourcesOfType<FunctionProperties>(template, 'AWS::Lambda::Function');
  const mappings = resourcesOfType<MappingProperties>(template, 'AWS::Lambda::EventSourceMapping');
  return [...mappings.values()].flatMap(mapping => {
    const queue = queues.get(referredId(mapping.properties.EventSourceArn) ?? '');
    const consumer = functions.get(referredId(mapping.properties.FunctionName) ?? '');
    return queue && consumer ? [{ mapping, queue, consumer }] : [];
  });
}
