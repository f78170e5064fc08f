import type { InvocationResult } from './invocation.ts';
import type { MetricSample } from './metric-format.ts';

/** One line that a function wrote to standard output or standard error. */
export interface FunctionLogLine {
  readonly functionName: string;
  /** Invocation that wrote it; absent for lines written while the module was loading. */
  readonly requestId?: string;
  readonly stream: 'stdout' | 'stderr';
  readonly line: string;
  /** The line's content, if it is a JSON object. */
  readonly json?: Readonly<Record<string, unknown>>;
  /** The line is an embedded metric format document, reported as `metric` events too. */
  readonly carriesMetrics: boolean;
  /** Why a line that announces metrics carries none that CloudWatch would read. */
  readonly metricFault?: string;
}

/** A value that a function recorded through the embedded metric format. */
export interface FunctionMetric extends MetricSample {
  readonly functionName: string;
}

/** How one invocation went. */
export interface InvocationReport {
  readonly functionName: string;
  /** Invocations of this function under way when this one ended, itself included. */
  readonly concurrentExecutions: number;
  readonly result: InvocationResult;
}

/** A change in a function's execution environments. */
export interface EnvironmentChange {
  readonly functionName: string;
  readonly change: 'started' | 'retired' | 'lost';
  /** Why it was retired or lost. */
  readonly reason?: string;
}

/** Events of a function runtime by name. */
export interface FunctionEvents {
  readonly log: [FunctionLogLine];
  readonly metric: [FunctionMetric];
  readonly invocation: [InvocationReport];
  readonly environment: [EnvironmentChange];
}
