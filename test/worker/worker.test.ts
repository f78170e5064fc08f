import { workerMetrics } from '../../contracts/worker.ts';
import type { Platform } from '../../worker/platform/platform.ts';
import type { WorkerOptions } from '../../worker/worker.ts';
import { LocalSqs, type TestQueue } from './support/local-sqs.ts';
import { until } from './support/until.ts';
import { WorkerBench } from './support/worker-bench.ts';

let sqs: LocalSqs;
let queue: TestQueue;
let queues = 0;

beforeAll(async () => {
  sqs = await LocalSqs.start();
});
afterAll(() => sqs.close());
beforeEach(async () => {
  queue = await sqs.createQueue(`worker-${++queues}`);
  sqs.calls.clear();
});

/** A running worker with jobs in hand. */
async function running(messages: readonly string[], overrides: Partial<WorkerOptions> = {}) {
  const bench = new WorkerBench(queue, overrides);
  const worker = bench.worker();
  for (const message of messages) await queue.send(message);
  const stopped = worker.run();
  await until('the jobs', () => bench.job.begun.length === messages.length);
  return { bench, worker, stopped };
}

describe('Worker', () => {
  it('takes no further job when it is told to stop, and finishes those in hand', async () => {
    const { bench, worker, stopped } = await running(['in hand']);
    await queue.send('next');
    worker.shutdown.request('signal', 10_000);
    await until('it says so', () => bench.log.find('Worker stops'));
    expect(worker.health()).toMatchObject({ status: 'stopping', jobs_in_hand: 1 });
    bench.job.begun[0]?.finish();
    const causes = await stopped;

    expect([...causes]).toEqual(['signal']);
    expect(bench.job.closed).toBe(true);
    expect(bench.metrics.of(workerMetrics.jobsDone)).toBe(1);
    expect(await queue.take()).toEqual(['next']);
  });

  it('releases what is unfinished at the deadline', async () => {
    const { bench, worker, stopped } = await running(['long', 'longer'], { concurrency: 2 });
    bench.job.begun[0]?.finish();
    worker.shutdown.request('spot-interruption', 300);
    await stopped;

    expect(bench.metrics.of(workerMetrics.jobsDone)).toBe(1);
    expect(bench.metrics.of(workerMetrics.jobsReleased)).toBe(1);
    expect(await queue.depth()).toEqual({ visible: 1, hidden: 0 });
  });

  it('stops sooner when a second request leaves less time', async () => {
    const { bench, worker, stopped } = await running(['long']);
    worker.shutdown.request('scale-in', 60_000);
    await until('it stops', () => bench.log.find('Worker stops'));
    worker.shutdown.request('spot-interruption', 0);
    const causes = await stopped;

    expect([...causes]).toEqual(['scale-in', 'spot-interruption']);
    expect(await queue.depth()).toEqual({ visible: 1, hidden: 0 });
  });

  it('tells the platform of its jobs, and last that it has drained', async () => {
    const told: string[] = [];
    const platform: Platform = {
      watch: async () => void told.push('watch'),
      jobsInHand: count => told.push(`${count} in hand`),
      drained: async () => void told.push('drained'),
    };
    const { bench, worker, stopped } = await running(['a', 'b'], { platform, concurrency: 2 });
    worker.shutdown.request('signal', 5_000);
    for (const job of bench.job.begun) job.finish();
    await stopped;

    expect(told).toEqual(['watch', '1 in hand', '2 in hand', '1 in hand', '0 in hand', 'drained']);
  });

  it('tells the platform that it has drained even where the job cannot be closed', async () => {
    let drained = false;
    const platform: Platform = {
      watch: async () => {},
      jobsInHand: () => {},
      drained: async () => {
        drained = true;
      },
    };
    const { bench, worker, stopped } = await running([], { platform });
    bench.job.close = async () => {
      throw new Error('its database is gone');
    };
    worker.shutdown.request('signal', 5_000);
    await stopped;

    expect(drained).toBe(true);
    expect(bench.log.find('Job not closed')?.level).toBe('error');
  });

  it('takes no job at all when it is to stop from the beginning', async () => {
    const bench = new WorkerBench(queue, {
      platform: {
        watch: async shutdown => shutdown.request('scale-in', 1_000),
        jobsInHand: () => {},
        drained: async () => {},
      },
    });
    await queue.send('not for this one');
    await bench.worker().run();

    expect(sqs.callsOf('ReceiveMessage')).toBe(0);
  });

  it('is healthy while it waits for messages or works, and stalled when a call hangs', async () => {
    const { bench, worker, stopped } = await running(['work'], { stalledAfterMs: 100 });
    expect(worker.health()).toMatchObject({ status: 'ok', jobs_in_hand: 1 });
    const hanging = Promise.withResolvers<never[]>();
    bench.queue.receive = () => hanging.promise;
    bench.job.begun[0]?.finish();
    await until('it is stalled', () => worker.health().status === 'stalled');
    worker.shutdown.request('signal', 0);
    hanging.resolve([]);
    await stopped;
  });

  it('is stalled when a job does not heed that it was told to stop', async () => {
    const hanging = Promise.withResolvers<{ outcome: string }>();
    const bench = new WorkerBench(queue, {
      stalledAfterMs: 100,
      limits: { visibilitySeconds: 1, heartbeatSeconds: 0.3, timeoutSeconds: 0.2 },
    });
    bench.job.parse = () => ({ subject: {}, run: () => hanging.promise });
    const worker = bench.worker();
    await queue.send('hangs');
    const stopped = worker.run();
    await until('it is stalled', () => worker.health().status === 'stalled');
    hanging.resolve({ outcome: 'late' });
    await until('it is well again', () => worker.health().status === 'ok');
    worker.shutdown.request('signal', 5_000);
    await stopped;
  });

  it('leaves poison to the dead-letter queue, and goes on with the rest', async () => {
    const { queue: source, dlq } = await sqs.createQueueWithDlq('poisoned', 2);
    const bench = new WorkerBench(source, { retry: { first: 0, last: 0 }, concurrency: 2 });
    const { parse } = bench.job;
    bench.job.parse = body => {
      if (body === 'poison') throw new Error('cannot be parsed');
      return parse.call(bench.job, body);
    };
    const worker = bench.worker();
    await source.send('poison');
    await source.send('good');
    const stopped = worker.run();
    await until('the good job', () => bench.job.begun.length === 1);
    bench.job.begun[0]?.finish();

    expect(await until('poison in the DLQ', async () => (await dlq.take())[0])).toBe('poison');
    worker.shutdown.request('signal', 5_000);
    await stopped;
    expect(bench.metrics.of(workerMetrics.jobsFailed)).toBe(2);
    expect(bench.metrics.of(workerMetrics.jobsDone)).toBe(1);
    expect(bench.log.all('Job failed').map(({ fields }) => fields.receive_count)).toEqual([1, 2]);
  });

  it('hands a duplicate to the job as often as it comes: once is the job business', async () => {
    const { bench, worker, stopped } = await running(['same', 'same'], { concurrency: 2 });
    for (const job of bench.job.begun) job.finish();
    await until('both are done', () => queue.isEmpty());
    worker.shutdown.request('signal', 5_000);
    await stopped;

    expect(bench.metrics.of(workerMetrics.jobsDone)).toBe(2);
    const ids = new Set(bench.job.begun.map(({ delivery }) => delivery.messageId));
    expect(ids.size).toBe(2);
  });
});
