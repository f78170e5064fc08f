import type { WorkerMetric } from '../../../contracts/worker.ts';
import type { Log, LogFields } from '../../../worker/observability/log.ts';
import type { WorkerCounter, WorkerMetrics } from '../../../worker/observability/metrics.ts';

export interface LogLine {
  readonly level: keyof Log;
  readonly message: string;
  readonly fields: LogFields;
}

/** A log that keeps its lines. */
export class RecordingLog implements Log {
  readonly lines: LogLine[] = [];

  debug = (message: string, fields: LogFields = {}) => this.#write('debug', message, fields);
  info = (message: string, fields: LogFields = {}) => this.#write('info', message, fields);
  warn = (message: string, fields: LogFields = {}) => this.#write('warn', message, fields);
  error = (message: string, fields: LogFields = {}) => this.#write('error', message, fields);

  find(message: string): LogLine | undefined {
    return this.lines.find(line => line.message === message);
  }

  all(message: string): LogLine[] {
    return this.lines.filter(line => line.message === message);
  }

  #write(level: keyof Log, message: string, fields: LogFields): void {
    this.lines.push({ level, message, fields });
  }
}

/** Metrics that are kept. */
export class RecordingMetrics implements WorkerMetrics {
  readonly #counts = new Map<WorkerMetric, number>();
  readonly durations: number[] = [];

  count(metric: WorkerCounter): void {
    this.#counts.set(metric, this.of(metric) + 1);
  }

  jobTook(milliseconds: number): void {
    this.durations.push(milliseconds);
  }

  of(metric: WorkerMetric): number {
    return this.#counts.get(metric) ?? 0;
  }
}
