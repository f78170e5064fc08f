import { EventEmitter } from 'node:events';
import { availableParallelism } from 'node:os';
import { dirname } from 'node:path';
import { EnvironmentPool, type PoolSetting } from './environment-pool.ts';
import { findsRuntimePackages, locateHandler } from './function-asset.ts';
import type { FunctionEvents } from './function-events.ts';
import { type CompleteFunctionSpec, completeFunctionSpec, type FunctionSpec } from './function-spec.ts';
import type { InvocationResult } from './invocation.ts';
import { readLogLine } from './log-line.ts';

/** A function was asked for that the runtime does not have. */
export class UnknownFunction extends Error {
  override readonly name = 'UnknownFunction';

  constructor(functionName: string, known: readonly string[]) {
    super(`There is no function ${functionName}; there are: ${known.join(', ') || 'none'}.`);
  }
}

/** How a runtime shares the machine. */
export interface FunctionRuntimeOptions {
  /**
   * Execution environments that each function may have at once. One is started at first, further ones when
   * invocations have to wait long; beyond the limit they wait on.
   *
   * @default one a processor, 2 at least and 10 at most: more threads than processors take time from each other
   */
  readonly environmentsPerFunction?: number;
  /**
   * Directory from which packages that the Lambda runtime ships are found for assets that stand outside
   * of any project.
   *
   * @default the directory of this module, and so this project's own packages
   */
  readonly packagesDirectory?: string;
}

/**
 * Runs Lambda functions from their built assets, each in worker threads of its own.
 *
 * A thread has the function's environment and nothing of this process's, a heap bounded by the function's
 * memory, and handles one invocation at a time. Limits of the likeness: memory outside the heap is not
 * bounded, background work goes on between invocations, and response streaming is not served.
 */
export class FunctionRuntime {
  readonly events = new EventEmitter<FunctionEvents>();
  readonly #pools = new Map<string, EnvironmentPool>();
  readonly #environmentsPerFunction: number;
  readonly #packagesDirectory: string;

  constructor(options: FunctionRuntimeOptions = {}) {
    this.#environmentsPerFunction =
      options.environmentsPerFunction ?? Math.min(10, Math.max(2, availableParallelism()));
    this.#packagesDirectory = options.packagesDirectory ?? dirname(import.meta.dirname);
  }

  /** Names of the functions, in order of registration. */
  get functionNames(): readonly string[] {
    return [...this.#pools.keys()];
  }

  /**
   * Makes a function known. Nothing is loaded before its first invocation.
   *
   * @throws InvalidFunctionSpec when Lambda would refuse it or its asset has no such handler file
   */
  register(declared: FunctionSpec): void {
    const spec = completeFunctionSpec(declared);
    if (this.#pools.has(spec.functionName))
      throw new Error(`Function ${spec.functionName} is registered already.`);
    const { functionName } = spec;
    const pool = new EnvironmentPool(this.#settingOf(spec), this.#environmentsPerFunction, {
      onLines: (requestId, stream, lines) => {
        for (const line of lines) this.#emitLine(functionName, requestId, stream, line);
      },
      onInvocation: (result, concurrentExecutions) => {
        this.events.emit('invocation', { functionName, concurrentExecutions, result });
      },
      onEnvironment: (change, reason) => {
        this.events.emit('environment', {
          functionName,
          change,
          ...(reason === undefined ? {} : { reason }),
        });
      },
    });
    this.#pools.set(functionName, pool);
  }

  /** The declaration that a function runs with now. */
  specOf(functionName: string): CompleteFunctionSpec {
    return this.#poolOf(functionName).spec;
  }

  /** Invocations of a function that can run at once on this machine. */
  concurrencyOf(functionName: string): number {
    return this.#poolOf(functionName).concurrency;
  }

  /**
   * Invokes a function and waits for its result. What the function does wrong is part of the result.
   *
   * @throws UnknownFunction
   */
  async invoke(functionName: string, event: unknown): Promise<InvocationResult> {
    return this.#poolOf(functionName).invoke(JSON.stringify(event) ?? 'null');
  }

  /**
   * Changes variables as `UpdateFunctionConfiguration` does: later invocations get new environments, those
   * under way finish on the old ones. A variable given as undefined is removed.
   *
   * @throws UnknownFunction
   */
  updateEnvironment(functionName: string, patch: Readonly<Record<string, string | undefined>>): void {
    const pool = this.#poolOf(functionName);
    const environment: Record<string, string> = { ...pool.spec.environment };
    for (const [name, value] of Object.entries(patch)) {
      if (value === undefined) delete environment[name];
      else environment[name] = value;
    }
    pool.reconfigure(this.#settingOf({ ...pool.spec, environment }));
  }

  /** Refuses new invocations, waits for those accepted, then ends every thread. */
  async stop(): Promise<void> {
    await Promise.all([...this.#pools.values()].map(pool => pool.stop()));
  }

  #settingOf(spec: CompleteFunctionSpec): PoolSetting {
    return {
      spec,
      location: locateHandler(spec),
      ...(findsRuntimePackages(spec.codeDirectory) ? {} : { packagesDirectory: this.#packagesDirectory }),
    };
  }

  #poolOf(functionName: string): EnvironmentPool {
    const pool = this.#pools.get(functionName);
    if (pool === undefined) throw new UnknownFunction(functionName, this.functionNames);
    return pool;
  }

  #emitLine(
    functionName: string,
    requestId: string | undefined,
    stream: 'stdout' | 'stderr',
    line: string,
  ): void {
    const { log, samples } = readLogLine({
      functionName,
      ...(requestId === undefined ? {} : { requestId }),
      stream,
      line,
    });
    this.events.emit('log', log);
    for (const sample of samples) this.events.emit('metric', { functionName, ...sample });
  }
}
