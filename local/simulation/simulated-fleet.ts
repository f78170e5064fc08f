import type { FleetModel } from './fleet-model.ts';
import type { Random } from './random.ts';
import type { SimulatedQueue } from './simulated-queue.ts';
import { SimulatedWorker, type WorkerSurroundings } from './simulated-worker.ts';
import type { Timeline } from './timeline.ts';

/** What a template does not say of workers; times in seconds. */
export interface WorkAssumptions {
  /** From a worker's launch until it takes jobs, on average. */
  readonly boot: number;
  readonly bootSpread: number;
  readonly timePerMessage: number;
  /** Standard deviation divided by the mean. */
  readonly timeSpread: number;
}

/** Until EC2 has an instance running that no hook holds back. */
const launchTime = 30;

/** Workers that come, take jobs, and go; how many there should be is told them. */
export class SimulatedFleet {
  readonly #model: FleetModel;
  readonly #assumed: WorkAssumptions;
  readonly #timeline: Timeline;
  readonly #random: Random;
  readonly #queue: SimulatedQueue;
  readonly #surroundings: WorkerSurroundings;
  readonly #workers = new Set<SimulatedWorker>();
  #desired: number;
  #goneSeconds = 0;

  launched = 0;
  /** Launches that took longer than their hook waits. */
  abandoned = 0;
  /** Jobs that were cut off: given back, or lost until their visibility timeout was over. */
  cutOff = 0;
  /** Seconds of work, all jobs together. */
  workSeconds = 0;

  constructor(
    model: FleetModel,
    assumed: WorkAssumptions,
    { timeline, random, queue }: { timeline: Timeline; random: Random; queue: SimulatedQueue },
  ) {
    this.#model = model;
    this.#assumed = assumed;
    this.#timeline = timeline;
    this.#random = random;
    this.#queue = queue;
    this.#surroundings = {
      model,
      timeline,
      queue,
      jobTakes: () => random.duration(assumed.timePerMessage, assumed.timeSpread),
      onJobEnd: seconds => {
        this.workSeconds += seconds;
      },
      onJobCutOff: () => {
        this.cutOff += 1;
      },
      onMessageBack: () => this.takeJobs(),
      onGone: worker => {
        this.#workers.delete(worker);
        this.#goneSeconds += timeline.now - worker.launchedAt;
      },
    };
    this.#desired = model.initialWorkers;
    for (let each = 0; each < model.initialWorkers; each += 1) {
      const worker = this.#newWorker();
      worker.enterService(Number.NEGATIVE_INFINITY);
      worker.startWork();
    }
  }

  get desired(): number {
    return this.#desired;
  }

  get pending(): number {
    return this.#count(({ state }) => state === 'pending');
  }

  get inService(): number {
    return this.#count(({ state }) => state === 'inService');
  }

  get draining(): number {
    return this.#count(({ state }) => state === 'draining');
  }

  /** In service for at least so long. */
  warm(seconds: number): number {
    const since = this.#timeline.now - seconds;
    return this.#count(({ state, inServiceSince }) => state === 'inService' && inServiceSince <= since);
  }

  /** From each worker's launch until it was gone. */
  get workerSeconds(): number {
    let seconds = this.#goneSeconds;
    for (const { launchedAt } of this.#workers) seconds += this.#timeline.now - launchedAt;
    return seconds;
  }

  scaleTo(desired: number): void {
    this.#desired = desired;
    this.reconcile();
  }

  /** Brings the number of workers to what is desired, as far as that goes at this moment. */
  reconcile(): void {
    let surplus = this.inService + this.pending - this.#desired;
    for (; surplus < 0; surplus += 1) this.#launch();
    const leaving = [...this.#workers].filter(({ mayGo }) => mayGo);
    for (; surplus > 0; surplus -= 1) this.#random.take(leaving)?.drain();
  }

  /** Hands what is visible to whoever is free. */
  takeJobs(): void {
    for (const worker of this.#workers) {
      if (this.#queue.visible === 0) return;
      worker.takeJobs();
    }
  }

  /** Free workers ask for messages all the time, which keeps a queue active. */
  poll(): void {
    if (this.#count(({ isFree }) => isFree) > 0) this.#queue.called();
  }

  #count(holds: (worker: SimulatedWorker) => boolean): number {
    let count = 0;
    for (const worker of this.#workers) if (holds(worker)) count += 1;
    return count;
  }

  #newWorker(): SimulatedWorker {
    const worker = new SimulatedWorker(this.#surroundings);
    this.#workers.add(worker);
    return worker;
  }

  #launch(): void {
    this.launched += 1;
    const worker = this.#newWorker();
    const { launchHook, platform } = this.#model;
    const boot = this.#random.duration(this.#assumed.boot, this.#assumed.bootSpread);
    this.#timeline.after(boot, () => {
      worker.startWork();
      worker.takeJobs();
    });
    const enterAfter = (seconds: number) =>
      this.#timeline.after(seconds, () => {
        worker.enterService(this.#timeline.now);
        worker.takeJobs();
      });
    if (launchHook === undefined) enterAfter(platform === 'ecs' ? boot : Math.min(launchTime, boot));
    else if (boot <= launchHook.timeout) enterAfter(boot);
    else if (launchHook.defaultResult === 'CONTINUE') enterAfter(launchHook.timeout);
    else this.#timeline.after(launchHook.timeout, () => this.#abandon(worker));
  }

  #abandon(worker: SimulatedWorker): void {
    if (worker.state !== 'pending') return;
    this.abandoned += 1;
    worker.leave();
    this.reconcile();
  }
}
