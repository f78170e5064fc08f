import type { MessagingRule } from './messaging-rule.ts';
import { consumersOf } from './template-consumers.ts';
import { numberOr } from './template-resources.ts';

/** Rules about how functions take messages from queues. */
export const mappingRules: readonly MessagingRule[] = [
  {
    name: 'BatchWindow',
    requires:
      'A batch of more than 10 messages is gathered in a window, up to 10,000; from a FIFO queue there are up to 10, and no window.',
    remedy:
      'Set MaximumBatchingWindowInSeconds to 1 or more, or BatchSize to 10 or less: Lambda refuses the rest.',
    findings: template =>
      consumersOf(template).flatMap(({ mapping, queue }) => {
        const size = numberOr(mapping.properties.BatchSize, 10);
        const window = numberOr(mapping.properties.MaximumBatchingWindowInSeconds, 0);
        if (size === undefined || window === undefined) return [];
        const isFifo = queue.properties.FifoQueue === true;
        const isSound = isFifo ? size <= 10 && window === 0 : size <= 10 || (size <= 10_000 && window >= 1);
        if (isSound) return [];
        const found = `${size}, in a window of ${window} s${isFifo ? ', from a FIFO queue' : ''}`;
        return [{ logicalId: mapping.id, property: 'BatchSize', found }];
      }),
  },
  {
    name: 'ProvisionedPollers',
    requires: 'A mapping has provisioned pollers or a maximum concurrency: Lambda refuses both.',
    remedy: 'Remove ProvisionedPollerConfig, or ScalingConfig.',
    findings: template =>
      consumersOf(template)
        .filter(({ mapping }) => mapping.properties.ProvisionedPollerConfig !== undefined)
        .filter(({ mapping }) => mapping.properties.ScalingConfig?.MaximumConcurrency !== undefined)
        .map(({ mapping }) => ({
          logicalId: mapping.id,
          property: 'ProvisionedPollerConfig',
          found: 'set beside ScalingConfig.MaximumConcurrency',
        })),
  },
  {
    name: 'ReservedForAllMappings',
    requires:
      'What is reserved for a function covers the maximum concurrency of all its mappings together: throttled pollers fill the DLQ.',
    remedy: 'Reserve nothing, or at least the sum.',
    findings: template => {
      const consumers = consumersOf(template);
      return [...new Set(consumers.map(({ consumer }) => consumer))].flatMap(consumer => {
        const reserved = numberOr(consumer.properties.ReservedConcurrentExecutions, Number.POSITIVE_INFINITY);
        const own = consumers.filter(other => other.consumer === consumer);
        const limits = own.map(({ mapping }) => Number(mapping.properties.ScalingConfig?.MaximumConcurrency));
        const sum = limits.reduce((total, limit) => total + limit, 0);
        // Of a single mapping, and of one without a limit, PollerConcurrency speaks.
        if (reserved === undefined || own.length < 2 || !(reserved < sum)) return [];
        const property = 'ReservedConcurrentExecutions';
        return [{ logicalId: consumer.id, property, found: `${reserved}, of ${sum}` }];
      });
    },
  },
];
