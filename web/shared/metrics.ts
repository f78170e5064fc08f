import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';

/** What a server counts and times. */
export interface ServerMetrics<Counter extends string = string, Timer extends string = string> {
  count(metric: Counter): void;
  time(metric: Timer, milliseconds: number): void;
}

export interface EmbeddedMetricsOptions {
  readonly namespace: string;
  readonly service: string;
  /** @default 30_000 */
  readonly publishEveryMs?: number;
}

/**
 * Metrics on standard output in CloudWatch's embedded metric format: whatever carries the logs carries them
 * too. Counts are summed up between two publications, since a line for each request would cost more than
 * the request.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
export class EmbeddedMetrics implements ServerMetrics {
  readonly #metrics: Metrics;
  readonly #counts = new Map<string, number>();
  readonly #timer: NodeJS.Timeout;

  constructor({ namespace, service, publishEveryMs = 30_000 }: EmbeddedMetricsOptions) {
    this.#metrics = new Metrics({ namespace, serviceName: service });
    this.#timer = setInterval(() => this.publish(), publishEveryMs).unref();
  }

  count(metric: string): void {
    this.#counts.set(metric, (this.#counts.get(metric) ?? 0) + 1);
  }

  time(metric: string, milliseconds: number): void {
    this.#metrics.addMetric(metric, MetricUnit.Milliseconds, Math.round(milliseconds));
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
