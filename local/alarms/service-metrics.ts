import type { InvocationReport } from '../functions/function-events.ts';
import type { MetricSample } from '../functions/metric-format.ts';

/** What a queue holds at one moment. */
export interface QueueGauge {
  readonly queueName: string;
  readonly visible: number;
  readonly notVisible: number;
  readonly delayed: number;
  /** Age in seconds of the oldest message that is not deleted; 0 when there is none. */
  readonly ageOfOldestMessageSeconds: number;
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
  return [
    sample('ApproximateNumberOfMessagesVisible', gauge.visible, 'Count'),
    sample('ApproximateNumberOfMessagesNotVisible', gauge.notVisible, 'Count'),
    sample('ApproximateNumberOfMessagesDelayed', gauge.delayed, 'Count'),
    sample('ApproximateAgeOfOldestMessage', gauge.ageOfOldestMessageSeconds, 'Seconds'),
  ];
}
