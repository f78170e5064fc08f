import { localPlatform } from '../../../worker/platform/platform.ts';
import { JobRunner } from '../../../worker/polling/job-runner.ts';
import { PollLoop, type PollLoopOptions } from '../../../worker/polling/poll-loop.ts';
import { SqsJobQueue } from '../../../worker/polling/sqs-job-queue.ts';
import { Worker, type WorkerOptions } from '../../../worker/worker.ts';
import { ControlledJob } from './controlled-job.ts';
import { region, type TestQueue } from './local-sqs.ts';
import { RecordingLog, RecordingMetrics } from './recording.ts';

/** A worker's parts on a local queue, with visibility timeouts of a second and jobs that the test ends. */
export class WorkerBench {
  readonly job = new ControlledJob();
  readonly log = new RecordingLog();
  readonly metrics = new RecordingMetrics();
  readonly queue: SqsJobQueue;
  readonly options: WorkerOptions;

  constructor(queue: TestQueue, overrides: Partial<WorkerOptions> = {}) {
    this.queue = new SqsJobQueue({ url: queue.url, region, visibilitySeconds: 1, longPollSeconds: 1 });
    this.options = {
      job: this.job,
      queue: this.queue,
      platform: localPlatform,
      log: this.log,
      metrics: this.metrics,
      concurrency: 1,
      limits: { visibilitySeconds: 1, heartbeatSeconds: 0.3, timeoutSeconds: 30 },
      retry: { first: 1, last: 1 },
      stalledAfterMs: 10_000,
      releaseGraceMs: 200,
      ...overrides,
    };
  }

  runner(): JobRunner {
    return new JobRunner(this.options);
  }

  loop(runner: JobRunner, overrides: Partial<PollLoopOptions> = {}): PollLoop {
    return new PollLoop({ ...this.options, runner, ...overrides });
  }

  worker(): Worker {
    return new Worker(this.options);
  }
}
