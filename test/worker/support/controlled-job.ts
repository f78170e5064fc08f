import type { Delivery, JobOutcome, ParsedJob, RunnableJob } from '../../../worker/job.ts';

/** One job in the hands of a test. */
export interface RunningJob {
  readonly body: string;
  readonly delivery: Delivery;
  readonly finish: () => void;
  readonly fail: (error: Error) => void;
}

/** A kind of job whose jobs end when the test says so; those that are told to stop, stop. */
export class ControlledJob implements RunnableJob {
  readonly begun: RunningJob[] = [];
  closed = false;
  /** Most jobs that ran at the same time. */
  most = 0;
  #running = 0;

  parse(body: string): ParsedJob {
    return { subject: { subject: body }, run: (delivery: Delivery) => this.#run(body, delivery) };
  }

  async close(): Promise<void> {
    this.closed = true;
  }

  async #run(body: string, delivery: Delivery): Promise<JobOutcome> {
    this.#running += 1;
    this.most = Math.max(this.most, this.#running);
    const { promise, resolve, reject } = Promise.withResolvers<JobOutcome>();
    delivery.signal.addEventListener('abort', () => reject(delivery.signal.reason));
    this.begun.push({ body, delivery, finish: () => resolve({ outcome: 'finished' }), fail: reject });
    return promise.finally(() => {
      this.#running -= 1;
    });
  }
}
