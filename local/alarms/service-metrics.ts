import type { InvocationReport } from '../functions/function-events.ts';
import type { MetricSample } from '../functions/metric-format.ts';

/** What there is of messages at one moment. */
export interface MessageGauge {
  readonly visible: number;
  readonly notVisible: number;
  readonly delayed: number;
  /** Age in seconds of the oldest message that is not deleted; 0 when there is none. */
  readonly ageOfOldestMessageSeconds: number;
}

/** What a queue holds at one moment. */
export interface QueueGauge extends MessageGauge {
  readonly queueName: string;
  /** How many message groups are noisy, and what there is of all others; for standard queues. */
  readonly fairness?: { readonly noisyGroups: number; readonly inQuietGroups: MessageGauge };
}

/**
 * What Lambda publishes to `AWS/Lambda` of one invocation.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html
 */
export function lambdaMetrics(
  { functionName, concurrentExecutions, result }: InvocationReport,
  timestamp: number,
) {
  const sample = (name: string, value: number, unit: string): MetricSample => ({
    namespace: 'AWS/Lambda',
    name,
    dimensions: { FunctionName: functionName },
    value,
    unit,
    timestamp,
  });
  if (result.outcome === 'throttled') return [sample('Throttles', 1, 'Count')];
  return [
    sample('Invocations', 1, 'Count'),
    sample('Errors', result.outcome === 'success' ? 0 : 1, 'Count'),
    sample('Throttles', 0, 'Count'),
    sample('Duration', result.durationMs, 'Milliseconds'),
    sample('ConcurrentExecutions', concurrentExecutions, 'Count'),
  ];
}

/** What Lambda publishes where neither destination nor DLQ could keep an event. */
export function lostInvocationMetric(functionName: string, timestamp: number): MetricSample {
  return {
    namespace: 'AWS/Lambda',
    name: 'DestinationDeliveryFailures',
    dimensions: { FunctionName: functionName },
    value: 1,
    unit: 'Count',
    timestamp,
  };
}

/**
 * What SQS publishes to `AWS/SQS` of a queue's contents.
 *
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html
 */
export function queueMetrics(gauge: QueueGauge, timestamp: number): MetricSample[] {
  const sample = (name: string, value: number, unit: string): MetricSample => ({
    namespace: 'AWS/SQS',
    name,
    dimensions: { QueueName: gauge.queueName },
    value,
    unit,
    timestamp,
  });
  const samples = (of: MessageGauge, suffix = '') => [
    sample(`ApproximateNumberOfMessagesVisible${suffix}`, of.visible, 'Count'),
    sample(`ApproximateNumberOfMessagesNotVisible${suffix}`, of.notVisible, 'Count'),
    sample(`ApproximateNumberOfMessagesDelayed${suffix}`, of.delayed, 'Count'),
    sample(`ApproximateAgeOfOldestMessage${suffix}`, of.ageOfOldestMessageSeconds, 'Seconds'),
  ];
  const { fairness } = gauge;
  return [
    ...samples(gauge),
    ...(fairness
      ? [
          sample('ApproximateNumberOfNoisyGroups', fairness.noisyGroups, 'Count'),
          ...samples(fairness.inQuietGroups, 'InQuietGroups'),
        ]
      : []),
  ];
}
