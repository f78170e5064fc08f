import type { Log, LogFields } from '../../../web/shared/log.ts';
import type { ServerMetrics } from '../../../web/shared/metrics.ts';

export interface LogLine {
  readonly level: keyof Log;
  readonly message: string;
  readonly fields: LogFields;
}

/** Keeps what is logged. */
export class RecordingLog implements Log {
  readonly lines: LogLine[] = [];

  debug(message: string, fields: LogFields = {}): void {
    this.lines.push({ level: 'debug', message, fields });
  }

  info(message: string, fields: LogFields = {}): void {
    this.lines.push({ level: 'info', message, fields });
  }

  warn(message: string, fields: LogFields = {}): void {
    this.lines.push({ level: 'warn', message, fields });
  }

  error(message: string, fields: LogFields = {}): void {
    this.lines.push({ level: 'error', message, fields });
  }
}

/** Keeps what is counted. */
export class RecordingMetrics implements ServerMetrics {
  readonly counts: Record<string, number> = {};
  readonly times: Record<string, number[]> = {};

  count(metric: string): void {
    this.counts[metric] = (this.counts[metric] ?? 0) + 1;
  }

  time(metric: string, milliseconds: number): void {
    this.times[metric] = [...(this.times[metric] ?? []), milliseconds];
  }
}
