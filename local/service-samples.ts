import type { MessageGauge, QueueGauge } from './alarms/service-metrics.ts';
import type { MessageStore, StoredMessage } from './emulators/message-store.ts';
import type { DeliveryOutcome } from './emulators/sns/fan-out.ts';
import type { Notification } from './emulators/sns/notification.ts';
import { noisyGroups } from './emulators/sqs/fair-groups.ts';
import type { StartedExecution } from './emulators/step-functions/started-execution.ts';
import type { MetricSample } from './functions/metric-format.ts';
import type { RequestHandled } from './http-api/http-api.ts';
import type { ServerCount } from './workers/load-balancers.ts';
import type { WorkerFleet } from './workers/worker-fleet.ts';

/**
 * What SNS publishes to `AWS/SNS` of one message that a topic took.
 *
 * @see https://docs.aws.amazon.com/sns/latest/dg/sns-monitoring-using-cloudwatch.html
 */
export function publicationMetric(
  { topicName }: Pick<Notification, 'topicName'>,
  timestamp: number,
): MetricSample {
  return {
    namespace: 'AWS/SNS',
    name: 'NumberOfMessagesPublished',
    dimensions: { TopicName: topicName },
    value: 1,
    unit: 'Count',
    timestamp,
  };
}

/**
 * What SNS publishes to `AWS/SNS` of one delivery.
 *
 * @see https://docs.aws.amazon.com/sns/latest/dg/sns-monitoring-using-cloudwatch.html
 */
export function topicMetrics({ topicName, outcome }: DeliveryOutcome, timestamp: number): MetricSample[] {
  const names = {
    delivered: ['NumberOfNotificationsDelivered'],
    filtered: ['NumberOfNotificationsFilteredOut'],
    redriven: ['NumberOfNotificationsFailed', 'NumberOfNotificationsRedrivenToDlq'],
    unredriven: ['NumberOfNotificationsFailed', 'NumberOfNotificationsFailedToRedriveToDlq'],
    lost: ['NumberOfNotificationsFailed'],
  }[outcome];
  return names.map(name => ({
    namespace: 'AWS/SNS',
    name,
    dimensions: { TopicName: topicName },
    value: 1,
    unit: 'Count',
    timestamp,
  }));
}

/**
 * What API Gateway publishes to `AWS/ApiGateway` of one request to an HTTP API.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-metrics.html
 */
export function httpApiMetrics(
  { apiId, statusCode, durationMs }: RequestHandled,
  timestamp: number,
): MetricSample[] {
  const sample = (name: string, value: number, unit: string): MetricSample => ({
    namespace: 'AWS/ApiGateway',
    name,
    dimensions: { ApiId: apiId },
    value,
    unit,
    timestamp,
  });
  return [
    sample('Count', 1, 'Count'),
    sample('4xx', statusCode >= 400 && statusCode < 500 ? 1 : 0, 'Count'),
    sample('5xx', statusCode >= 500 ? 1 : 0, 'Count'),
    sample('Latency', durationMs, 'Milliseconds'),
  ];
}

/**
 * What Step Functions publishes to `AWS/States` when an execution starts, and when it ends.
 *
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/procedure-cw-metrics.html
 */
export function executionMetric(
  { stateMachineArn, status }: Pick<StartedExecution, 'stateMachineArn' | 'status'>,
  timestamp: number,
): MetricSample {
  const names = {
    RUNNING: 'ExecutionsStarted',
    SUCCEEDED: 'ExecutionsSucceeded',
    FAILED: 'ExecutionsFailed',
    TIMED_OUT: 'ExecutionsTimedOut',
    ABORTED: 'ExecutionsAborted',
  };
  return {
    namespace: 'AWS/States',
    name: names[status],
    dimensions: { StateMachineArn: stateMachineArn },
    value: 1,
    unit: 'Count',
    timestamp,
  };
}

/** How many workers a fleet is to have, and has. */
export function fleetMetrics({ size, pids, spec }: WorkerFleet, timestamp: number): MetricSample[] {
  const { namespace, desired, inService, dimensions } = spec.counted;
  const sample = (name: string, value: number) => ({
    namespace,
    name,
    dimensions,
    value,
    unit: 'Count',
    timestamp,
  });
  return [sample(desired, size), sample(inService, pids.length)];
}

/**
 * What Elastic Load Balancing publishes to `AWS/ApplicationELB` of the servers behind a listener.
 *
 * @see https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html
 */
export function serverMetrics(
  { loadBalancer, targetGroup, up }: ServerCount,
  timestamp: number,
): MetricSample {
  return {
    namespace: 'AWS/ApplicationELB',
    name: 'HealthyHostCount',
    dimensions: { LoadBalancer: loadBalancer, TargetGroup: targetGroup },
    value: up,
    unit: 'Count',
    timestamp,
  };
}

/** What every queue holds, and for how long its oldest message has been there. */
export function queueGauges(queues: MessageStore['queues'], now: number): readonly QueueGauge[] {
  return [...queues.allQueues()].map(queue => {
    queue.processTimers();
    const { ready, inflight, delayed } = queue.inspectMessages();
    const contents = { ready, delayed, inFlight: inflight.map(({ message }) => message) };
    const gauge = { queueName: queue.name, ...messageGauge(contents, now) };
    if (queue.isFifo()) return gauge;
    const noisy = noisyGroups(contents.inFlight);
    const quiet = (messages: readonly StoredMessage[]) =>
      noisy.size === 0 ? messages : messages.filter(({ messageGroupId }) => !noisy.has(messageGroupId ?? ''));
    const inQuietGroups = messageGauge(
      { ready: quiet(ready), delayed: quiet(delayed), inFlight: quiet(contents.inFlight) },
      now,
    );
    return { ...gauge, fairness: { noisyGroups: noisy.size, inQuietGroups } };
  });
}

interface QueueContents {
  readonly ready: readonly StoredMessage[];
  readonly delayed: readonly StoredMessage[];
  readonly inFlight: readonly StoredMessage[];
}

function messageGauge({ ready, delayed, inFlight }: QueueContents, now: number): MessageGauge {
  const oldest = [...ready, ...delayed, ...inFlight].reduce(
    (earliest, { sentTimestamp }) => Math.min(earliest, sentTimestamp),
    now,
  );
  return {
    visible: ready.length,
    notVisible: inFlight.length,
    delayed: delayed.length,
    ageOfOldestMessageSeconds: Math.floor((now - oldest) / 1000),
  };
}
