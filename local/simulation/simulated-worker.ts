import type { FleetModel } from './fleet-model.ts';
import type { Message, SimulatedQueue } from './simulated-queue.ts';
import type { Appointment, Timeline } from './timeline.ts';

/** What a worker has to do with. */
export interface WorkerSurroundings {
  readonly model: FleetModel;
  readonly timeline: Timeline;
  readonly queue: SimulatedQueue;
  /** How long the next job takes, in seconds. */
  jobTakes(): number;
  onJobEnd(seconds: number): void;
  onJobCutOff(): void;
  /** A message can be taken again. */
  onMessageBack(): void;
  onGone(worker: SimulatedWorker): void;
}

/** How long a task stays protected from scale-in after its last job, as the worker has it. */
const protectedAfterJob = 10;

/** An instance or a task with the program that takes jobs from the queue. */
export class SimulatedWorker {
  readonly #around: WorkerSurroundings;
  readonly #jobs = new Map<Message, Appointment>();
  #state: 'pending' | 'inService' | 'draining' | 'gone' = 'pending';
  #inServiceSince = Number.POSITIVE_INFINITY;
  #takesJobs = false;
  #idleSince: number;
  readonly launchedAt: number;

  constructor(around: WorkerSurroundings) {
    this.#around = around;
    this.launchedAt = around.timeline.now;
    this.#idleSince = this.launchedAt;
  }

  get state(): 'pending' | 'inService' | 'draining' | 'gone' {
    return this.#state;
  }

  /** Infinity until it is. */
  get inServiceSince(): number {
    return this.#inServiceSince;
  }

  get isFree(): boolean {
    const { concurrency } = this.#around.model.worker;
    return this.#state === 'inService' && this.#takesJobs && this.#jobs.size < concurrency;
  }

  /** Whether scaling in may choose it. */
  get mayGo(): boolean {
    const { model, timeline } = this.#around;
    if (this.#state !== 'inService') return this.#state === 'pending';
    const isIdle = this.#jobs.size === 0 && timeline.now - this.#idleSince >= protectedAfterJob;
    return isIdle || !model.drain.sparesBusy;
  }

  enterService(since: number): void {
    if (this.#state !== 'pending') return;
    this.#state = 'inService';
    this.#inServiceSince = since;
  }

  /** Its program runs; an instance may be in service before that, in name. */
  startWork(): void {
    this.#takesJobs = true;
  }

  takeJobs(): void {
    while (this.isFree) {
      const message = this.#around.queue.receive();
      if (message === undefined) return;
      this.#begin(message);
    }
  }

  /** Takes no further jobs, and goes when those in hand are done or time is up. */
  drain(): void {
    const { model, timeline } = this.#around;
    this.#state = 'draining';
    if (this.#jobs.size === 0) this.leave();
    else timeline.after(model.drain.grace, () => this.leave());
  }

  /** Goes at once; what is in hand is given back, or left to come back. */
  leave(): void {
    if (this.#state === 'gone') return;
    const { model, queue, onJobCutOff, onMessageBack, onGone } = this.#around;
    this.#state = 'gone';
    for (const [message, end] of this.#jobs) {
      end.callOff();
      onJobCutOff();
      queue.comesBack(message, model.drain.releases ? 'now' : 'afterTimeout', onMessageBack);
    }
    this.#jobs.clear();
    onGone(this);
  }

  #begin(message: Message): void {
    const { model, timeline, queue, jobTakes, onJobEnd, onMessageBack } = this.#around;
    const takes = jobTakes();
    const lasts = Math.min(takes, model.worker.jobTimeout);
    const end = timeline.after(lasts, () => {
      this.#jobs.delete(message);
      this.#idleSince = timeline.now;
      onJobEnd(lasts);
      if (takes <= lasts) queue.delete(message);
      else queue.comesBack(message, 'afterTimeout', onMessageBack);
      if (this.#state === 'draining' && this.#jobs.size === 0) this.leave();
      else this.takeJobs();
    });
    this.#jobs.set(message, end);
  }
}
