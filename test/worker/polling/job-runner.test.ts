import { workerMetrics } from '../../../contracts/worker.ts';
import { BadMessageError, DependencyDownError, ImpossibleJobError } from '../../../worker/failures.ts';
import type { JobRunner } from '../../../worker/polling/job-runner.ts';
import type { WorkerOptions } from '../../../worker/worker.ts';
import { LocalSqs, type TestQueue } from '../support/local-sqs.ts';
import { throughout, until } from '../support/until.ts';
import { WorkerBench } from '../support/worker-bench.ts';

let sqs: LocalSqs;
let queue: TestQueue;
let queues = 0;

beforeAll(async () => {
  sqs = await LocalSqs.start();
});
afterAll(() => sqs.close());
beforeEach(async () => {
  queue = await sqs.createQueue(`runner-${++queues}`);
  sqs.calls.clear();
  sqs.broken.clear();
});

/** A job begun on a message of the queue. */
async function begun(overrides: Partial<WorkerOptions> = {}, body = 'work') {
  const bench = new WorkerBench(queue, overrides);
  const runner = bench.runner();
  await queue.send(body);
  await startNext(bench, runner);
  return { bench, runner };
}

async function startNext(bench: WorkerBench, runner: JobRunner): Promise<void> {
  const [message] = await bench.queue.receive(1, new AbortController().signal);
  if (message === undefined) throw new Error('There is no message to begin with.');
  runner.start(message);
}

describe('JobRunner', () => {
  it('deletes the message of a job that is done', async () => {
    const { bench, runner } = await begun();
    bench.job.begun[0]?.finish();
    await runner.allSettled();

    expect(await queue.isEmpty()).toBe(true);
    expect(bench.metrics.of(workerMetrics.jobsDone)).toBe(1);
    expect(bench.metrics.durations).toHaveLength(1);
    expect(bench.log.find('Job done')?.fields).toMatchObject({
      outcome: 'finished',
      subject: 'work',
      receive_count: 1,
      message_id: expect.any(String),
      took_ms: expect.any(Number),
    });
  });

  it('keeps the message of a long job hidden by heartbeats', async () => {
    const { bench, runner } = await begun();
    await throughout(2_500, 'nobody else gets the message', async () => (await queue.take()).length === 0);
    bench.job.begun[0]?.finish();
    await runner.allSettled();

    expect(await queue.isEmpty()).toBe(true);
    expect(bench.metrics.of(workerMetrics.heartbeatsFailed)).toBe(0);
  });

  it('counts failing heartbeats, and tells the job when the message is lost', async () => {
    sqs.broken.add('ChangeMessageVisibilityBatch');
    const { bench, runner } = await begun();
    const { signal } = bench.job.begun[0]?.delivery ?? {};
    await until('the job is told', () => signal?.aborted);
    await runner.allSettled();

    expect(signal?.reason.name).toBe('VisibilityLostError');
    expect(bench.metrics.of(workerMetrics.heartbeatsFailed)).toBeGreaterThanOrEqual(1);
    expect(bench.metrics.of(workerMetrics.jobsLost)).toBe(1);
    expect(bench.metrics.of(workerMetrics.jobsFailed)).toBe(0);
    expect(bench.log.find('Heartbeat failed')?.level).toBe('warn');
    sqs.broken.clear();
    expect(await until('another worker gets it', async () => (await queue.take())[0])).toBe('work');
  });

  it.each([
    ['permanent', new ImpossibleJobError('broken picture'), workerMetrics.jobsFailedPermanent, 'error'],
    ['passing', new DependencyDownError('no bucket'), workerMetrics.jobsFailedPassing, 'warn'],
    ['unexpected', new TypeError('a bug'), workerMetrics.jobsFailedUnexpected, 'error'],
  ] as const)('leaves the job of a failure that is %s to come back', async (kind, error, metric, level) => {
    const { bench, runner } = await begun();
    bench.job.begun[0]?.fail(error);
    await runner.allSettled();

    expect(await queue.depth()).toEqual({ visible: 0, hidden: 1 });
    expect(bench.metrics.of(workerMetrics.jobsFailed)).toBe(1);
    expect(bench.metrics.of(metric)).toBe(1);
    expect(bench.log.find('Job failed')).toMatchObject({
      level,
      fields: { failure: kind, error, retry_in_s: 1, subject: 'work' },
    });
    expect(await until('it comes back', async () => (await queue.take())[0])).toBe('work');
  });

  it('hides a failed message longer at every failure', async () => {
    const pauses: number[] = [];
    const bench = new WorkerBench(queue, { retry: { first: 100, last: 300 } });
    const hide = bench.queue.hide.bind(bench.queue);
    bench.queue.hide = async (message, seconds) => {
      pauses.push(seconds);
      await hide(message, 0);
    };
    const runner = bench.runner();
    await queue.send('poison');
    for (let delivery = 0; delivery < 4; delivery++) {
      await startNext(bench, runner);
      bench.job.begun[delivery]?.fail(new ImpossibleJobError('never'));
      await runner.allSettled();
    }

    const shares = pauses.map((pause, index) => pause / Math.min(300, 100 * 2 ** index));
    expect(shares).toHaveLength(4);
    for (const share of shares) {
      expect(share).toBeGreaterThanOrEqual(0.8);
      expect(share).toBeLessThanOrEqual(1);
    }
  });

  it('fails a message that is no job of this kind, without running anything', async () => {
    const bench = new WorkerBench(queue);
    bench.job.parse = () => {
      throw new BadMessageError('The message body is not JSON');
    };
    const runner = bench.runner();
    await queue.send('{');
    await startNext(bench, runner);
    await runner.allSettled();

    expect(bench.job.begun).toEqual([]);
    expect(bench.metrics.of(workerMetrics.jobsFailedPermanent)).toBe(1);
    expect(await queue.depth()).toEqual({ visible: 0, hidden: 1 });
  });

  it('tells a job that takes too long, and leaves it to come back', async () => {
    const limits = { visibilitySeconds: 1, heartbeatSeconds: 0.3, timeoutSeconds: 0.4 };
    const { bench, runner } = await begun({ limits });
    await runner.allSettled();

    expect(bench.job.begun[0]?.delivery.signal.reason.name).toBe('JobTimeoutError');
    expect(bench.metrics.of(workerMetrics.jobsFailedPassing)).toBe(1);
    expect(await queue.depth()).toEqual({ visible: 0, hidden: 1 });
  });

  it('stops the heartbeats of a job that hangs, so that another worker gets it', async () => {
    const limits = { visibilitySeconds: 1, heartbeatSeconds: 0.2, timeoutSeconds: 0.4 };
    const bench = new WorkerBench(queue, { limits });
    const hanging = Promise.withResolvers<{ outcome: string }>();
    bench.job.parse = () => ({ subject: {}, run: () => hanging.promise });
    const runner = bench.runner();
    await queue.send('hangs');
    await startNext(bench, runner);

    expect(await until('another worker gets it', async () => (await queue.take())[0])).toBe('hangs');
    expect(runner.inHand).toBe(1);
    expect(runner.unheededMs).toBeGreaterThan(500);
    hanging.resolve({ outcome: 'late' });
    await runner.allSettled();
  });

  it('tries again to delete the message of a job that is done, and keeps it hidden meanwhile', async () => {
    const { bench, runner } = await begun();
    sqs.broken.add('DeleteMessageBatch');
    bench.job.begun[0]?.finish();
    await throughout(1_500, 'hidden while it is not deleted', async () => (await queue.take()).length === 0);
    sqs.broken.clear();
    await runner.allSettled();

    expect(await queue.isEmpty()).toBe(true);
    expect(bench.metrics.of(workerMetrics.deletesFailed)).toBe(0);
  });

  it('says so when the message of a job that is done cannot be deleted', async () => {
    const { bench, runner } = await begun();
    sqs.broken.add('DeleteMessageBatch');
    bench.job.begun[0]?.finish();
    await runner.allSettled();

    expect(bench.metrics.of(workerMetrics.deletesFailed)).toBe(1);
    expect(bench.log.lines.find(({ message }) => message.includes('not deleted'))?.level).toBe('error');
  });

  it('releases jobs in hand: told to stop, their messages visible at once', async () => {
    const { bench, runner } = await begun();
    // The job heeds it at once; under load, showing its message may take a while.
    await runner.release(10_000);

    expect(bench.job.begun[0]?.delivery.signal.reason.name).toBe('WorkerStoppingError');
    expect(await queue.depth()).toEqual({ visible: 1, hidden: 0 });
    expect(bench.metrics.of(workerMetrics.jobsReleased)).toBe(1);
    expect(bench.metrics.of(workerMetrics.jobsFailed)).toBe(0);
  });

  it('releases the message of a job that does not heed it too, once', async () => {
    const bench = new WorkerBench(queue);
    const hanging = Promise.withResolvers<{ outcome: string }>();
    bench.job.parse = () => ({ subject: {}, run: () => hanging.promise });
    const runner = bench.runner();
    await queue.send('hangs');
    await startNext(bench, runner);
    await runner.release(100);

    expect(await queue.depth()).toEqual({ visible: 1, hidden: 0 });
    hanging.reject(new Error('gave up at last'));
    await runner.allSettled();
    expect(bench.metrics.of(workerMetrics.jobsReleased)).toBe(1);
  });
});
