import { randomUUID } from 'node:crypto';
import { type EnvironmentSetting, ExecutionEnvironment } from './execution-environment.ts';
import type { CompleteFunctionSpec } from './function-spec.ts';
import type { FunctionError, InvocationFailure, InvocationResult } from './invocation.ts';

/** What a pool tells about itself. */
export interface PoolListener {
  onLines: EnvironmentSetting['onLines'];
  onInvocation(result: InvocationResult, concurrentExecutions: number): void;
  onEnvironment(change: 'started' | 'retired' | 'lost', reason?: string): void;
}

/** What a pool runs in its environments. */
export interface PoolSetting {
  readonly spec: CompleteFunctionSpec;
  readonly location: EnvironmentSetting['location'];
  readonly packagesDirectory?: string;
}

interface Waiting {
  readonly requestId: string;
  readonly event: string;
  readonly since: number;
  settle(result: InvocationResult): void;
}

/**
 * How long an invocation waits for a warm environment before a further one is started, in milliseconds.
 * Loading a module takes about as long; for handlers that are done sooner, a further thread on the same
 * processors costs more than it gains.
 */
const PATIENCE_MS = 100;

/**
 * The execution environments of one function.
 *
 * Invocations wait in one line; whichever environment is free next takes the first. The first environment
 * is started at once, a further one, up to the limit, when an invocation has waited too long.
 */
export class EnvironmentPool {
  readonly #listener: PoolListener;
  readonly #limit: number;
  readonly #waiting: Waiting[] = [];
  readonly #idle: ExecutionEnvironment[] = [];
  /** Environments of the present configuration; those being retired are no longer among them. */
  readonly #current = new Set<ExecutionEnvironment>();
  readonly #all = new Set<ExecutionEnvironment>();
  #setting: PoolSetting;
  #starting = 0;
  #invocations = 0;
  #stopping = false;
  #drained: (() => void) | undefined;
  #growth: NodeJS.Timeout | undefined;

  constructor(setting: PoolSetting, limit: number, listener: PoolListener) {
    this.#setting = setting;
    this.#limit = limit;
    this.#listener = listener;
  }

  get spec(): CompleteFunctionSpec {
    return this.#setting.spec;
  }

  /** Invocations that can run at once. */
  get concurrency(): number {
    return Math.min(this.#limit, this.spec.reservedConcurrency ?? this.#limit);
  }

  /** Runs one invocation, waiting for an environment if none is free. Never rejects. */
  invoke(event: string): Promise<InvocationResult> {
    const requestId = randomUUID();
    const { reservedConcurrency } = this.spec;
    if (this.#stopping) return this.#throttle(requestId, 'The local cloud is stopping.');
    // Lambda counts what it has accepted; what waits here for a thread has been accepted.
    if (reservedConcurrency !== undefined && this.#invocations >= reservedConcurrency) {
      return this.#throttle(requestId, `Rate exceeded: reserved concurrency is ${reservedConcurrency}.`);
    }
    this.#invocations += 1;
    const { promise, resolve } = Promise.withResolvers<InvocationResult>();
    this.#waiting.push({
      requestId,
      event,
      since: performance.now(),
      settle: result => {
        this.#report(result);
        this.#invocations -= 1;
        resolve(result);
        if (this.#invocations === 0) this.#drained?.();
      },
    });
    this.#advance();
    return promise;
  }

  /** Gives later invocations new environments; those under way finish where they are. */
  reconfigure(setting: PoolSetting): void {
    this.#setting = setting;
    this.#current.clear();
    for (const environment of this.#idle.splice(0)) this.#retire(environment, 'configuration changed');
    this.#starting = 0;
    this.#advance();
  }

  /** Refuses new invocations, waits for those accepted, then ends every environment. */
  async stop(): Promise<void> {
    this.#stopping = true;
    if (this.#invocations > 0) {
      await new Promise<void>(resolve => {
        this.#drained = resolve;
      });
    }
    clearTimeout(this.#growth);
    await Promise.all([...this.#all].map(environment => environment.terminate()));
    this.#all.clear();
    this.#current.clear();
    this.#idle.length = 0;
  }

  #advance(): void {
    while (this.#waiting.length > 0) {
      const environment = this.#idle.pop();
      if (environment === undefined) break;
      const next = this.#waiting.shift();
      if (next !== undefined) void this.#run(environment, next);
    }
    if (this.#waiting.length > 0) {
      if (this.#current.size === 0) this.#start();
      else this.#considerGrowth();
    }
  }

  #considerGrowth(): void {
    if (this.#growth !== undefined || this.#starting > 0 || this.#current.size >= this.#limit) return;
    this.#growth = setTimeout(() => {
      this.#growth = undefined;
      const [first] = this.#waiting;
      if (first === undefined || this.#starting > 0 || this.#current.size >= this.#limit) return;
      if (performance.now() - first.since >= PATIENCE_MS) this.#start();
      else this.#considerGrowth();
    }, PATIENCE_MS);
  }

  #start(): void {
    const setting = this.#setting;
    const environment = new ExecutionEnvironment(setting.spec, {
      location: setting.location,
      ...(setting.packagesDirectory === undefined ? {} : { packagesDirectory: setting.packagesDirectory }),
      onLines: this.#listener.onLines,
      onLost: reason => {
        this.#forget(environment);
        this.#listener.onEnvironment('lost', reason);
        this.#advance();
      },
    });
    this.#all.add(environment);
    this.#current.add(environment);
    this.#starting += 1;
    this.#listener.onEnvironment('started');
    void environment.ready.then(failure => {
      const replaced = !this.#current.has(environment);
      if (!replaced) this.#starting -= 1;
      if (failure === undefined) {
        this.#release(environment);
        return;
      }
      this.#forget(environment);
      // A thread that was started for a configuration that is gone fails nobody.
      if (!replaced) this.#failFirst(failure);
      this.#advance();
    });
  }

  async #run(environment: ExecutionEnvironment, { requestId, event, settle }: Waiting): Promise<void> {
    const result = await environment.invoke(requestId, event);
    if (environment.ended) {
      this.#forget(environment);
      this.#listener.onEnvironment(
        'lost',
        result.outcome === 'success' ? 'ended' : result.error.errorMessage,
      );
    }
    // Free before the caller hears of it: its next invocation then finds this environment warm.
    this.#release(environment);
    settle(result);
    this.#advance();
  }

  #release(environment: ExecutionEnvironment): void {
    if (environment.ended) return;
    if (this.#current.has(environment)) {
      this.#idle.push(environment);
      this.#advance();
    } else {
      this.#retire(environment, 'configuration changed');
    }
  }

  #retire(environment: ExecutionEnvironment, reason: string): void {
    this.#listener.onEnvironment('retired', reason);
    void environment.terminate().then(() => this.#forget(environment));
  }

  #forget(environment: ExecutionEnvironment): void {
    this.#all.delete(environment);
    this.#current.delete(environment);
    const place = this.#idle.indexOf(environment);
    if (place !== -1) this.#idle.splice(place, 1);
  }

  #failFirst(error: FunctionError): void {
    const first = this.#waiting.shift();
    first?.settle({ outcome: 'init-failure', requestId: first.requestId, durationMs: 0, error });
  }

  #throttle(requestId: string, errorMessage: string): Promise<InvocationResult> {
    const error = { errorType: 'TooManyRequestsException', errorMessage, trace: [] };
    const result: InvocationFailure = { outcome: 'throttled', requestId, durationMs: 0, error };
    this.#report(result);
    return Promise.resolve(result);
  }

  #report(result: InvocationResult): void {
    this.#listener.onInvocation(result, this.#invocations);
  }
}
