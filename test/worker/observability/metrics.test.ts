import { jest } from '@jest/globals';
import { workerMetrics } from '../../../contracts/worker.ts';
import { EmbeddedMetrics } from '../../../worker/observability/metrics.ts';

/** What is written to standard output while the metrics are used, a line each. */
function written(use: (metrics: EmbeddedMetrics) => void): Record<string, unknown>[] {
  const lines: string[] = [];
  const output = jest.spyOn(process.stdout, 'write').mockImplementation(text => {
    lines.push(String(text));
    return true;
  });
  try {
    use(new EmbeddedMetrics({ namespace: 'Memes', service: 'meme-worker' }));
  } finally {
    output.mockRestore();
  }
  return lines.map(line => JSON.parse(line) as Record<string, unknown>);
}

describe('EmbeddedMetrics', () => {
  it('sums counts up and lists durations, for CloudWatch', () => {
    const [line] = written(metrics => {
      for (let job = 0; job < 3; job++) metrics.count(workerMetrics.jobsDone);
      metrics.count(workerMetrics.heartbeatsFailed);
      metrics.jobTook(12.5);
      metrics.jobTook(30);
      metrics.close();
    });

    expect(line).toMatchObject({ service: 'meme-worker', JobsDone: 3, HeartbeatsFailed: 1 });
    expect(line?.JobDuration).toEqual([12.5, 30]);
    expect(line?._aws).toMatchObject({
      CloudWatchMetrics: [
        {
          Namespace: 'Memes',
          Dimensions: [['service']],
          Metrics: expect.arrayContaining([
            { Name: 'JobsDone', Unit: 'Count' },
            { Name: 'JobDuration', Unit: 'Milliseconds' },
          ]),
        },
      ],
    });
  });

  it('writes nothing when there is nothing to tell', () => {
    expect(written(metrics => metrics.close())).toEqual([]);
  });

  it('counts anew after each publication', () => {
    const lines = written(metrics => {
      metrics.count(workerMetrics.jobsFailed);
      metrics.publish();
      metrics.count(workerMetrics.jobsFailed);
      metrics.close();
    });
    expect(lines.map(line => line.JobsFailed)).toEqual([1, 1]);
  });

  it('publishes durations before CloudWatch would refuse more in a line', () => {
    const lines = written(metrics => {
      for (let job = 0; job < 250; job++) metrics.jobTook(job);
      metrics.close();
    });
    const counts = lines.map(line => (line.JobDuration as number[]).length);
    expect(counts).toEqual([100, 100, 50]);
  });
});
