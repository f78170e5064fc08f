import { setTimeout as pause } from 'node:timers/promises';
import { LocalWorker } from './local-worker.ts';
import { stopTimeoutMs, type WorkerSpec } from './worker-spec.ts';

export interface WorkerFleetOptions {
  readonly spec: WorkerSpec;
  /** How many workers there are to be. */
  readonly size: number;
  readonly onLine: (line: string, stream: 'stdout' | 'stderr') => void;
  /** Told of what goes wrong, in a sentence. */
  readonly onFault: (what: string) => void;
}

/** Before a worker is started anew that crashed or was killed, as systemd and the group would. */
const restartPauseMs = 500;
/** A worker that ends sooner did not work at all. */
const shortLifeMs = 5_000;
/** So many that did not work in a row, and the fleet is given up. */
const mostShortLives = 5;

/** Workers of one kind that are kept at a number: whoever is killed has a successor. */
export class WorkerFleet {
  readonly #options: WorkerFleetOptions;
  readonly #workers = new Set<LocalWorker>();
  readonly #kept: Promise<void>[] = [];
  readonly #stopping = new AbortController();
  #shortLives = 0;

  constructor(options: WorkerFleetOptions) {
    this.#options = options;
  }

  get spec(): WorkerSpec {
    return this.#options.spec;
  }

  get size(): number {
    return this.#options.size;
  }

  /** Process ids of the workers that run at this moment, the oldest first. */
  get pids(): readonly number[] {
    return [...this.#workers].flatMap(({ pid }) => pid ?? []);
  }

  start(): void {
    for (let place = 0; place < this.#options.size; place++) this.#kept.push(this.#keepOne());
  }

  /**
   * Ends a worker at once, in the middle of whatever it does, as a machine that fails would.
   *
   * @throws Error when the fleet has no such worker.
   */
  async kill(pid = this.pids[0]): Promise<void> {
    const worker = [...this.#workers].find(each => each.pid === pid);
    if (worker === undefined) {
      throw new Error(
        `${this.spec.fleetName} has no worker ${pid}; it has: ${this.pids.join(', ') || 'none'}.`,
      );
    }
    worker.kill('SIGKILL');
    await worker.ended;
  }

  /** Tells every worker to stop, lets their jobs in hand end, and waits for them. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    const workers = [...this.#workers];
    for (const worker of workers) worker.kill('SIGTERM');
    const tooLate = setTimeout(() => {
      for (const worker of workers) worker.kill('SIGKILL');
    }, stopTimeoutMs);
    await Promise.all(this.#kept);
    clearTimeout(tooLate);
  }

  /** One place of the fleet: a worker, and its successors. */
  async #keepOne(): Promise<void> {
    const { spec, onLine, onFault } = this.#options;
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      const worker = new LocalWorker(spec, onLine);
      const startedAt = performance.now();
      this.#workers.add(worker);
      const { code, signal: endedBy } = await worker.ended;
      this.#workers.delete(worker);
      if (signal.aborted || code === 0) return;
      this.#shortLives =
        endedBy === undefined && performance.now() - startedAt < shortLifeMs ? this.#shortLives + 1 : 0;
      if (this.#shortLives >= mostShortLives) {
        onFault(`${spec.fleetName}: ${mostShortLives} workers in a row ended at once; no more are started.`);
        return;
      }
      await pause(restartPauseMs, undefined, { signal }).catch(() => undefined);
    }
  }
}
