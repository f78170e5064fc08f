import type { FunctionError } from './invocation.ts';

/** What an execution environment is given when its thread starts. */
export interface WorkerSetup {
  /** URL of the module that holds the handler. */
  readonly entry: string;
  readonly exportName: string;
  /** Directory whose packages stand for what the Lambda runtime ships, when the asset's own path has none. */
  readonly packagesDirectory?: string;
  readonly context: {
    readonly functionName: string;
    readonly invokedFunctionArn: string;
    readonly memoryLimitInMB: string;
    readonly logGroupName: string;
    readonly logStreamName: string;
  };
}

/** Asks the environment to run its handler once. */
export interface InvokeMessage {
  readonly requestId: string;
  /** The event as JSON text. */
  readonly event: string;
  /** End of the time allowed, in milliseconds since the epoch. */
  readonly deadline: number;
}

/** What the environment tells. */
export type WorkerMessage =
  | { readonly type: 'ready' }
  | { readonly type: 'init-failed'; readonly error: FunctionError }
  | { readonly type: 'answered'; readonly requestId: string; readonly payload: string }
  | { readonly type: 'failed'; readonly requestId: string; readonly error: FunctionError }
  /** An error outside the handler: the environment ends itself after it. */
  | { readonly type: 'fatal'; readonly error: FunctionError }
  | {
      readonly type: 'log';
      readonly requestId?: string;
      readonly stream: 'stdout' | 'stderr';
      readonly lines: readonly string[];
    };
