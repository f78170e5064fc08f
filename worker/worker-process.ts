import { parseEnvironment } from '../contracts/environment.ts';
import { checkedWorkerEnvironment, type WorkerEnvironment } from '../contracts/worker.ts';
import { errorFrom } from './failures.ts';
import { type JobRegistry, pickJob } from './job-registry.ts';
import { HealthServer } from './observability/health-server.ts';
import { jsonLog, type Log } from './observability/log.ts';
import { EmbeddedMetrics } from './observability/metrics.ts';
import { platformFor } from './platform/platform-for.ts';
import { SqsJobQueue } from './polling/sqs-job-queue.ts';
import { Worker } from './worker.ts';

/**
 * Runs this process as a worker, until a signal or its platform stops it.
 *
 * SIGTERM and SIGINT let jobs in hand go on for `SHUTDOWN_SECONDS`; a second one releases them at once. An
 * error that nobody caught releases them too.
 *
 * @returns the exit code: 0 after an orderly stop, 1 after a crash or when the worker could not start.
 */
export async function runWorkerProcess(jobs: JobRegistry): Promise<number> {
  let log: Log = jsonLog({ level: 'INFO', service: 'worker' });
  try {
    const environment = parseEnvironment(checkedWorkerEnvironment, process.env);
    log = jsonLog({
      level: environment.LOG_LEVEL,
      service: environment.POWERTOOLS_SERVICE_NAME,
    });
    return await run(environment, jobs, log);
  } catch (error) {
    log.error('Worker not started', { error: errorFrom(error) });
    return 1;
  }
}

async function run(environment: WorkerEnvironment, jobs: JobRegistry, log: Log): Promise<number> {
  const visibilitySeconds = environment.VISIBILITY_TIMEOUT_SECONDS;
  const job = await (await pickJob(environment.JOB, jobs)).open(process.env);
  const metrics = new EmbeddedMetrics({
    namespace: environment.POWERTOOLS_METRICS_NAMESPACE,
    service: environment.POWERTOOLS_SERVICE_NAME,
  });
  const queue = new SqsJobQueue({
    url: environment.QUEUE_URL,
    region: environment.AWS_REGION,
    visibilitySeconds,
    longPollSeconds: environment.LONG_POLL_SECONDS,
  });
  const worker = new Worker({
    job,
    queue,
    platform: await platformFor(environment, log),
    log,
    metrics,
    concurrency: environment.CONCURRENCY,
    limits: {
      visibilitySeconds,
      heartbeatSeconds: environment.HEARTBEAT_SECONDS ?? visibilitySeconds / 3,
      timeoutSeconds: environment.JOB_TIMEOUT_SECONDS,
    },
    retry: { first: environment.RETRY_FIRST_SECONDS, last: environment.RETRY_LAST_SECONDS },
    stalledAfterMs: environment.STALLED_AFTER_SECONDS * 1_000,
  });
  const health = new HealthServer(() => worker.health());
  const healthUrl = await health.listen(environment.HEALTH_PORT);
  stopOnSignals(worker, environment.SHUTDOWN_SECONDS * 1_000);
  stopOnCrash(worker, log);
  log.info('Worker started', { job: environment.JOB, health_url: healthUrl, pid: process.pid });
  const causes = await worker.run();
  health.close();
  metrics.close();
  queue.close();
  return causes.has('crash') ? 1 : 0;
}

function stopOnSignals(worker: Worker, withinMs: number): void {
  let signals = 0;
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => worker.shutdown.request('signal', signals++ === 0 ? withinMs : 0));
  }
}

/** Nothing is known about the process's state any more, but to release messages is safe. */
function stopOnCrash(worker: Worker, log: Log): void {
  for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
    process.on(event, (thrown: unknown) => {
      log.error('Worker crashed', { error: errorFrom(thrown) });
      worker.shutdown.request('crash', 0);
    });
  }
}
