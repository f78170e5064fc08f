import type { FunctionLogLine } from './function-events.ts';
import { type MetricSample, readEmbeddedMetrics } from './metric-format.ts';

export interface ReadLine {
  readonly log: FunctionLogLine;
  /** Metrics that the line carries. */
  readonly samples: readonly MetricSample[];
}

/** A line that was written, with what it says to programs. */
export function readLogLine(
  written: Pick<FunctionLogLine, 'functionName' | 'requestId' | 'stream' | 'line'>,
): ReadLine {
  const json = parseObject(written.line);
  const reading = json === undefined ? undefined : readEmbeddedMetrics(json);
  const samples = reading !== undefined && 'samples' in reading ? reading.samples : undefined;
  return {
    log: {
      ...written,
      ...(json === undefined ? {} : { json }),
      carriesMetrics: samples !== undefined,
      ...(reading !== undefined && 'fault' in reading ? { metricFault: reading.fault } : {}),
    },
    samples: samples ?? [],
  };
}

function parseObject(line: string): Record<string, unknown> | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}
