import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { failedRecordsMetric, serviceDimension } from '../../../../contracts/metrics.ts';
import { workerMetrics } from '../../../../contracts/worker.ts';
import type { WorkerTier } from '../../fleet/worker-tier.ts';
import type { MessageFunction } from '../../message-function.ts';
import type { WebService } from '../../web-service.ts';
import { everyMinute, type Graph } from './graph.ts';

const sum = { ...everyMinute, statistic: cloudwatch.Stats.SUM };

/** A function: how often it ran, crashed and was refused, and how long it took. */
export function functionGraph({ node, function: shown }: MessageFunction): Graph {
  return {
    title: `${node.id}: invocations a minute (count), duration p99 (ms)`,
    left: [
      shown.metricInvocations({ ...sum, label: 'invocations' }),
      shown.metricErrors({ ...sum, label: 'errors' }),
      shown.metricThrottles({ ...sum, label: 'throttled' }),
    ],
    right: [shown.metricDuration({ ...everyMinute, statistic: 'p99', label: 'duration p99' })],
  };
}

/** A function that takes messages: the same, and messages that it could not handle. */
export function consumerGraph(consumer: MessageFunction): Graph {
  const { left, ...graph } = functionGraph(consumer);
  return { ...graph, left: [...left, emitted(consumer, failedRecordsMetric, 'failed records')] };
}

/** A tier of workers: how many there are and should be, and what becomes of their jobs. */
export function tierGraphs(name: string, tier: WorkerTier): Graph[] {
  return [
    {
      title: `${name}: workers (count)`,
      left: [
        tier.desiredWorkers.with({ label: 'desired' }),
        tier.workersInService.with({ label: 'in service' }),
      ],
    },
    jobsGraph(name, tier),
  ];
}

/** What becomes of the jobs that workers are given. */
export function jobsGraph(name: string, workers: Emitter): Graph {
  return {
    title: `${name}: jobs a minute (count), duration p99 (ms)`,
    left: [
      emitted(workers, workerMetrics.jobsDone, 'done'),
      emitted(workers, workerMetrics.jobsFailed, 'failed'),
      emitted(workers, workerMetrics.jobsLost, 'lost'),
      emitted(workers, workerMetrics.jobsReleased, 'given back'),
    ],
    right: [emitted(workers, workerMetrics.jobDuration, 'duration p99').with({ statistic: 'p99' })],
  };
}

/** Application servers: how many are healthy, and how long they take to answer. */
export function serversGraph({ node, targets }: WebService): Graph {
  return {
    title: `${node.id}: servers (count), time to answer p99 (s)`,
    left: [
      targets.metrics.healthyHostCount({
        ...everyMinute,
        statistic: cloudwatch.Stats.MINIMUM,
        label: 'healthy',
      }),
      targets.metrics.unhealthyHostCount({
        ...everyMinute,
        statistic: cloudwatch.Stats.MAXIMUM,
        label: 'unhealthy',
      }),
    ],
    right: [
      targets.metrics.targetResponseTime({ ...everyMinute, statistic: 'p99', label: 'time to answer p99' }),
    ],
  };
}

/** What programs of a system's emit, and are told apart by. */
export interface Emitter {
  readonly serviceName: string;
  readonly metricsNamespace: string;
}

/** A metric that a program emits itself, summed up over each minute. */
export function emitted(emitter: Emitter, metricName: string, label: string): cloudwatch.Metric {
  return new cloudwatch.Metric({
    namespace: emitter.metricsNamespace,
    metricName,
    dimensionsMap: { [serviceDimension]: emitter.serviceName },
    ...sum,
    label,
  });
}
