/** What Lambda answers with when an invocation fails: the `FunctionError` payload. */
export interface FunctionError {
  /** Class of the error, or Lambda's own name for what happened: `Sandbox.Timedout`, `Runtime.ExitError`. */
  readonly errorType: string;
  readonly errorMessage: string;
  /** Stack, one frame a line; empty for what Lambda itself reports. */
  readonly trace: readonly string[];
}

/** Ways in which an invocation can fail. */
export type FailureOutcome =
  /** The handler threw, or its answer could not be sent. */
  | 'error'
  /** The handler did not answer within the function's timeout. */
  | 'timeout'
  /** The execution environment ended: out of memory, `process.exit`, an error outside the handler. */
  | 'crash'
  /** The module could not be loaded or threw while loading. */
  | 'init-failure'
  /** Reserved concurrency was used up, or the runtime is stopping; the handler did not run. */
  | 'throttled';

interface Invocation {
  readonly requestId: string;
  /** Time in the handler in milliseconds; 0 when it did not run. */
  readonly durationMs: number;
  /** Time to load the module in milliseconds; only on the first invocation of an environment. */
  readonly initDurationMs?: number;
}

/** An invocation that the handler answered. */
export interface InvocationSuccess extends Invocation {
  readonly outcome: 'success';
  /** The handler's answer as JSON text; `null` when it returned nothing. */
  readonly payload: string;
}

/** An invocation that was not answered, and why. */
export interface InvocationFailure extends Invocation {
  readonly outcome: FailureOutcome;
  readonly error: FunctionError;
}

export type InvocationResult = InvocationSuccess | InvocationFailure;
