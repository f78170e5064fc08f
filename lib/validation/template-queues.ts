import {
  type CloudFormationTemplate,
  type Resource,
  referredId,
  resourcesOfType,
} from './template-resources.ts';

export interface QueueProperties {
  readonly QueueName: unknown;
  readonly FifoQueue: unknown;
  readonly MessageRetentionPeriod: unknown;
  readonly VisibilityTimeout: unknown;
  readonly ReceiveMessageWaitTimeSeconds: unknown;
  readonly KmsMasterKeyId: unknown;
  readonly MaximumMessageSize: unknown;
  readonly SqsManagedSseEnabled: unknown;
  readonly RedrivePolicy: { readonly deadLetterTargetArn?: unknown; readonly maxReceiveCount?: unknown };
  readonly RedriveAllowPolicy: { readonly redrivePermission?: unknown };
}

export type Queue = Resource<QueueProperties>;

/** The queues of a template, by their logical ids. */
export const queuesOf = (template: CloudFormationTemplate) =>
  resourcesOfType<QueueProperties>(template, 'AWS::SQS::Queue');

/** Each queue with the queue that it names as its DLQ. */
export function redrivesOf(template: CloudFormationTemplate): { source: Queue; deadLetterQueue: Queue }[] {
  const queues = queuesOf(template);
  return [...queues.values()].flatMap(source => {
    const deadLetterQueue = queues.get(
      referredId(source.properties.RedrivePolicy?.deadLetterTargetArn) ?? '',
    );
    return deadLetterQueue ? [{ source, deadLetterQueue }] : [];
  });
}

/**
 * Every queue that anything names as its DLQ: queues, subscriptions, functions, rules, schedules made later; and
 * the on-failure destinations of functions.
 */
export function deadLetterQueuesOf(template: CloudFormationTemplate): Queue[] {
  const queues = queuesOf(template);
  const named = new Set<string>();
  for (const { Properties, Metadata } of Object.values(template.Resources ?? {})) {
    collectDeadLetterTargets(Properties, named);
    collectDeadLetterTargets(Metadata, named);
  }
  return [...queues.values()].filter(({ id }) => named.has(id));
}

const deadLetterSettings = ['RedrivePolicy', 'DeadLetterConfig', 'DeadLetterQueueConfig', 'OnFailure'];

/** Looks at every depth: a rule's targets have a DLQ each. */
function collectDeadLetterTargets(value: unknown, into: Set<string>): void {
  if (typeof value !== 'object' || value === null) return;
  for (const [name, inner] of Object.entries(value)) {
    if (deadLetterSettings.includes(name) && typeof inner === 'object' && inner !== null) {
      for (const target of Object.values(inner)) {
        const id = referredId(target);
        if (id) into.add(id);
      }
    }
    collectDeadLetterTargets(inner, into);
  }
}
