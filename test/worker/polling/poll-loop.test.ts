import { workerMetrics } from '../../../contracts/worker.ts';
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
  queue = await sqs.createQueue(`loop-${++queues}`);
  sqs.calls.clear();
  sqs.broken.clear();
});

describe('PollLoop', () => {
  it('keeps as many jobs in hand as it may, and takes the next as each ends', async () => {
    const bench = new WorkerBench(queue, { concurrency: 3 });
    const runner = bench.runner();
    const loop = bench.loop(runner);
    await queue.sendAll([1, 2, 3, 4, 5, 6, 7, 8]);
    loop.start();

    await until('three jobs', () => bench.job.begun.length === 3);
    await throughout(300, 'no fourth job', () => bench.job.begun.length === 3);
    expect(await queue.depth()).toEqual({ visible: 5, hidden: 3 });
    // One job ends, the other two go on: its place is taken at once.
    bench.job.begun[0]?.finish();
    await until('a fourth job', () => bench.job.begun.length === 4);
    for (let ended = 1; ended < 8; ended++) {
      await until('the next job', () => bench.job.begun.length > ended);
      bench.job.begun[ended]?.finish();
    }
    await until('all are done', () => queue.isEmpty());
    await loop.stop();

    expect(bench.job.most).toBe(3);
    expect(bench.metrics.of(workerMetrics.pollsFailed)).toBe(0);
    expect(bench.metrics.of(workerMetrics.jobsDone)).toBe(8);
  });

  it('waits longer and longer while the queue does not answer, and goes on when it does', async () => {
    const bench = new WorkerBench(queue);
    const runner = bench.runner();
    const loop = bench.loop(runner, { pauseAfter: failures => 20 * 2 ** failures });
    sqs.broken.add('ReceiveMessage');
    loop.start();
    await until('four failures', () => bench.metrics.of(workerMetrics.pollsFailed) === 4);

    const lines = bench.log.all('The queue did not answer');
    expect(lines.map(({ fields }) => fields.retry_in_ms)).toEqual([40, 80, 160, 320]);
    expect(sqs.callsOf('ReceiveMessage')).toBe(4);
    sqs.broken.clear();
    await queue.send('after all');
    await until('the job', () => bench.job.begun.length === 1);
    bench.job.begun[0]?.finish();
    await until('it is done', () => queue.isEmpty());
    // The next failure is a first one again.
    sqs.broken.add('ReceiveMessage');
    await until('a fifth failure', () => bench.metrics.of(workerMetrics.pollsFailed) === 5);
    expect(bench.log.all('The queue did not answer')[4]?.fields.failures_in_a_row).toBe(1);
    await loop.stop();
  });

  it('does not spin where nothing listens', async () => {
    const gone = await LocalSqs.start();
    const bench = new WorkerBench(await gone.createQueue('gone'));
    await gone.close();
    const loop = bench.loop(bench.runner());
    loop.start();
    await until('a failure', () => bench.metrics.of(workerMetrics.pollsFailed) > 0);
    await throughout(400, 'few tries', () => bench.metrics.of(workerMetrics.pollsFailed) <= 2);
    const began = performance.now();
    await loop.stop();

    expect(performance.now() - began).toBeLessThan(400);
  });

  it('gives back what the call under way brings when it is stopped', async () => {
    const bench = new WorkerBench(queue);
    const loop = bench.loop(bench.runner());
    loop.start();
    await until('a call is under way', () => sqs.callsOf('ReceiveMessage') === 1);
    const stopped = loop.stop();
    await queue.send('too late');
    await stopped;

    expect(bench.job.begun).toEqual([]);
    expect(await queue.depth()).toEqual({ visible: 1, hidden: 0 });
  });

  it('hangs up on the call under way when it is abandoned', async () => {
    const bench = new WorkerBench(queue);
    const loop = bench.loop(bench.runner());
    loop.start();
    await until('a call is under way', () => sqs.callsOf('ReceiveMessage') === 1);
    const began = performance.now();
    const stopped = loop.stop();
    loop.abandon();
    await stopped;

    expect(performance.now() - began).toBeLessThan(500);
    expect(bench.metrics.of(workerMetrics.pollsFailed)).toBe(0);
  });

  it('tells how long the queue has not answered, and nothing while all places are taken', async () => {
    const bench = new WorkerBench(queue);
    const answer = Promise.withResolvers<never[]>();
    bench.queue.receive = () => answer.promise;
    const loop = bench.loop(bench.runner());
    loop.start();
    await until('a silence of 100 ms', () => loop.sinceTurnMs > 100);
    const stopped = loop.stop();
    answer.resolve([]);
    await stopped;
    expect(loop.sinceTurnMs).toBe(0);

    const busy = new WorkerBench(queue);
    const runner = busy.runner();
    const busyLoop = busy.loop(runner);
    await queue.send('long');
    busyLoop.start();
    await until('the job', () => busy.job.begun.length === 1);
    await throughout(100, 'no silence', () => busyLoop.sinceTurnMs === 0);
    const busyStopped = busyLoop.stop();
    busy.job.begun[0]?.finish();
    await Promise.all([busyStopped, runner.allSettled()]);
  });
});
