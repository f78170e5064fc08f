import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import { type WorkerMetric, workerMetrics } from '../../contracts/worker.ts';

export type WorkerCounter = Exclude<WorkerMetric, typeof workerMetrics.jobDuration>;

/** What a worker counts and times. */
export interface WorkerMetrics {
  count(metric: WorkerCounter): void;
  jobTook(milliseconds: number): void;
}

export interface EmbeddedMetricsOptions {
  readonly namespace: string;
  readonly service: string;
  /** @default 30_000 */
  readonly publishEveryMs?: number;
}

/**
 * Metrics on standard output in CloudWatch's embedded metric format: whatever carries the logs carries
 * them too. Counts are summed up between two publications, since a line for each job would cost more
 * than the job's own.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
export class EmbeddedMetrics implements WorkerMetrics {
  readonly #metrics: Metrics;
  readonly #counts = new Map<WorkerCounter, number>();
  readonly #timer: NodeJS.Timeout;

  constructor({ namespace, service, publishEveryMs = 30_000 }: EmbeddedMetricsOptions) {
    this.#metrics = new Metrics({ namespace, serviceName: service });
    this.#timer = setInterval(() => this.publish(), publishEveryMs).unref();
  }

  count(metric: WorkerCounter): void {
    this.#counts.set(metric, (this.#counts.get(metric) ?? 0) + 1);
  }

  jobTook(milliseconds: number): void {
    this.#metrics.addMetric(workerMetrics.jobDuration, MetricUnit.Milliseconds, milliseconds);
  }

  publish(): void {
    for (const [metric, count] of this.#counts) this.#metrics.addMetric(metric, MetricUnit.Count, count);
    this.#counts.clear();
    if (this.#metrics.hasStoredMetrics()) this.#metrics.publishStoredMetrics();
  }

  /** Publishes what is left. */
  close(): void {
    clearInterval(this.#timer);
    this.publish();
  }
}
