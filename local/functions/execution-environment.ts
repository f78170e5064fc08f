import { randomUUID } from 'node:crypto';
import { isNativeError } from 'node:util/types';
import { Worker } from 'node:worker_threads';
import type { HandlerLocation } from './function-asset.ts';
import { type CompleteFunctionSpec, functionArn } from './function-spec.ts';
import type { FunctionError, InvocationFailure, InvocationResult } from './invocation.ts';
import { lambdaEnvironment } from './lambda-environment.ts';
import type { InvokeMessage, WorkerMessage, WorkerSetup } from './worker-protocol.ts';

const BOOTSTRAP = new URL('./worker-bootstrap.mjs', import.meta.url);

/** Lambda's limit for loading a function's module. */
const INIT_LIMIT_MS = 10_000;

/** Lambda's limit for an answer, in bytes. */
const ANSWER_LIMIT = 6_291_556;

/** What an execution environment needs besides its function. */
export interface EnvironmentSetting {
  readonly location: HandlerLocation;
  readonly packagesDirectory?: string;
  onLines(requestId: string | undefined, stream: 'stdout' | 'stderr', lines: readonly string[]): void;
  /** The environment ended while no invocation was under way. */
  onLost(reason: string): void;
}

interface Underway {
  readonly requestId: string;
  readonly startedAt: number;
  readonly timer: NodeJS.Timeout;
  settle(result: InvocationResult): void;
}

/**
 * One sandbox of one function: a worker thread that loads the module once and handles one invocation at a
 * time, until it is ended.
 *
 * Never rejects: whatever the function does to its thread becomes an invocation's result.
 */
export class ExecutionEnvironment {
  /** Settles when the module is loaded, or with the reason why it could not be. */
  readonly ready: Promise<FunctionError | undefined>;
  readonly #spec: CompleteFunctionSpec;
  readonly #setting: EnvironmentSetting;
  readonly #worker: Worker;
  readonly #startedAt = performance.now();
  readonly #settleReady: (failure: FunctionError | undefined) => void;
  readonly #initTimer: NodeJS.Timeout;
  readonly #gone: Promise<void>;
  #initDurationMs: number | undefined;
  #loaded = false;
  #underway: Underway | undefined;
  #cause: FunctionError | undefined;
  #ended = false;

  constructor(spec: CompleteFunctionSpec, setting: EnvironmentSetting) {
    this.#spec = spec;
    this.#setting = setting;
    const ready = Promise.withResolvers<FunctionError | undefined>();
    this.ready = ready.promise;
    this.#settleReady = ready.resolve;
    const logStreamName = `${new Date().toISOString().slice(0, 10).replaceAll('-', '/')}/[$LATEST]${randomUUID().replaceAll('-', '')}`;
    const workerData: WorkerSetup = {
      ...setting.location,
      ...(setting.packagesDirectory === undefined ? {} : { packagesDirectory: setting.packagesDirectory }),
      context: {
        functionName: spec.functionName,
        invokedFunctionArn: functionArn(spec),
        memoryLimitInMB: String(spec.memorySize),
        logGroupName: spec.logGroupName,
        logStreamName,
      },
    };
    this.#worker = new Worker(BOOTSTRAP, {
      workerData,
      env: lambdaEnvironment(spec, logStreamName),
      // Options of the process that runs the local cloud are no business of a function.
      execArgv: [],
      // The young generation is small because there are many threads: at V8's own size each takes 30 MB more.
      resourceLimits: { maxOldGenerationSizeMb: spec.memorySize, maxYoungGenerationSizeMb: 16 },
      name: spec.functionName,
    });
    this.#initTimer = setTimeout(() => {
      this.#end({
        errorType: 'Sandbox.Timedout',
        errorMessage: `Loading the module timed out after ${(INIT_LIMIT_MS / 1000).toFixed(2)} seconds`,
        trace: [],
      });
    }, INIT_LIMIT_MS);
    const gone = Promise.withResolvers<void>();
    this.#gone = gone.promise;
    this.#worker.on('message', (message: WorkerMessage) => this.#receive(message));
    this.#worker.on('error', error => {
      this.#cause ??= describeCrash(error, spec);
    });
    this.#worker.on('exit', code => {
      this.#concludeExit(code);
      gone.resolve();
    });
  }

  /** Whether it can take no further invocation. */
  get ended(): boolean {
    return this.#ended;
  }

  /** Runs the handler once; the environment must be ready and idle. */
  invoke(requestId: string, event: string): Promise<InvocationResult> {
    const { promise, resolve } = Promise.withResolvers<InvocationResult>();
    const timeoutMs = this.#spec.timeoutSeconds * 1000;
    this.#underway = {
      requestId,
      startedAt: performance.now(),
      settle: resolve,
      // An answer that has arrived but not been looked at, because this thread was busy, is in time.
      timer: setTimeout(() => setImmediate(() => this.#timeOut(requestId)), timeoutMs),
    };
    const message: InvokeMessage = { requestId, event, deadline: Date.now() + timeoutMs };
    this.#worker.postMessage(message);
    return promise;
  }

  /** Ends the thread, whatever it is doing. */
  async terminate(): Promise<void> {
    this.#ended = true;
    await this.#worker.terminate();
    await this.#gone;
  }

  #receive(message: WorkerMessage): void {
    switch (message.type) {
      case 'log':
        this.#setting.onLines(message.requestId, message.stream, message.lines);
        break;
      case 'ready':
        clearTimeout(this.#initTimer);
        this.#loaded = true;
        this.#initDurationMs = performance.now() - this.#startedAt;
        this.#settleReady(undefined);
        break;
      case 'answered':
        this.#conclude(message.requestId, message.payload);
        break;
      case 'failed':
        this.#conclude(message.requestId, message.error);
        break;
      case 'init-failed':
      case 'fatal':
        this.#ended = true;
        this.#cause = message.error;
        break;
    }
  }

  #conclude(requestId: string, answer: string | FunctionError): void {
    if (typeof answer !== 'string') {
      this.#settle(requestId, { outcome: 'error', error: answer });
      return;
    }
    const size = Buffer.byteLength(answer);
    if (size > ANSWER_LIMIT) {
      const errorMessage = `Response payload size (${size} bytes) exceeded maximum allowed payload size (${ANSWER_LIMIT} bytes).`;
      const error = { errorType: 'Function.ResponseSizeTooLarge', errorMessage, trace: [] };
      this.#settle(requestId, { outcome: 'error', error });
      return;
    }
    this.#settle(requestId, { outcome: 'success', payload: answer });
  }

  #timeOut(requestId: string): void {
    if (this.#underway?.requestId !== requestId) return;
    this.#end({
      errorType: 'Sandbox.Timedout',
      errorMessage: `RequestId: ${requestId} Error: Task timed out after ${this.#spec.timeoutSeconds.toFixed(2)} seconds`,
      trace: [],
    });
  }

  #end(cause: FunctionError): void {
    this.#ended = true;
    this.#cause ??= cause;
    void this.#worker.terminate();
  }

  // Results wait for the thread's end, so that every line that it wrote has been seen before.
  #concludeExit(code: number): void {
    clearTimeout(this.#initTimer);
    const wasTerminated = this.#ended;
    this.#ended = true;
    const requestId = this.#underway?.requestId;
    const cause = this.#cause ?? describeExit(code, requestId);
    if (!this.#loaded) {
      this.#settleReady(cause);
    } else if (requestId !== undefined) {
      const outcome = cause.errorType === 'Sandbox.Timedout' ? 'timeout' : 'crash';
      this.#settle(requestId, { outcome, error: cause });
    } else if (!wasTerminated || this.#cause !== undefined) {
      this.#setting.onLost(`${cause.errorType}: ${cause.errorMessage}`);
    }
  }

  #settle(
    requestId: string,
    ending: { outcome: 'success'; payload: string } | Pick<InvocationFailure, 'outcome' | 'error'>,
  ): void {
    const underway = this.#underway;
    if (underway?.requestId !== requestId) return;
    clearTimeout(underway.timer);
    this.#underway = undefined;
    const initDurationMs = this.#initDurationMs;
    this.#initDurationMs = undefined;
    underway.settle({
      requestId,
      durationMs: performance.now() - underway.startedAt,
      ...(initDurationMs === undefined ? {} : { initDurationMs }),
      ...ending,
    });
  }
}

function describeExit(code: number, requestId: string | undefined): FunctionError {
  const about = requestId === undefined ? '' : `RequestId: ${requestId} Error: `;
  const how = code === 0 ? 'without providing a reason' : `with error: exit status ${code}`;
  return { errorType: 'Runtime.ExitError', errorMessage: `${about}Runtime exited ${how}`, trace: [] };
}

function describeCrash(error: unknown, spec: CompleteFunctionSpec): FunctionError {
  if (!isNativeError(error)) return { errorType: typeof error, errorMessage: String(error), trace: [] };
  if ('code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY') {
    const errorMessage = `Runtime exited with error: signal: killed (heap limit of ${spec.memorySize} MB reached)`;
    return { errorType: 'Runtime.OutOfMemory', errorMessage, trace: [] };
  }
  return { errorType: error.name, errorMessage: error.message, trace: (error.stack ?? '').split('\n') };
}
