import { parseEnvironment } from '../../../contracts/environment.ts';
import { checkedWorkerEnvironment } from '../../../contracts/worker.ts';
import { localVariables } from '../../../local/workers/worker-spec.ts';

const declared = {
  JOB: 'draw-meme',
  QUEUE_URL: 'http://127.0.0.1:4566/000000000000/jobs',
  AWS_REGION: 'eu-west-1',
  LOG_LEVEL: 'INFO',
  POWERTOOLS_SERVICE_NAME: 'artist',
  POWERTOOLS_METRICS_NAMESPACE: 'Memes',
  CONCURRENCY: '2',
  VISIBILITY_TIMEOUT_SECONDS: '120',
  JOB_TIMEOUT_SECONDS: '600',
  PLATFORM: 'ec2',
  SHUTDOWN_SECONDS: '600',
  HEALTH_PORT: '8080',
  AUTO_SCALING_GROUP_NAME: 'memes-artist',
  LIFECYCLE_HOOK_NAME: 'drain',
};

const here = (cap: number) =>
  localVariables(declared, { endpoint: 'http://127.0.0.1:4566', maxVisibilityTimeoutSeconds: cap });

describe("a worker's variables here", () => {
  it('say where AWS is, and leave out what only AWS has', () => {
    expect(here(2)).toMatchObject({ PLATFORM: 'local', AWS_ENDPOINT_URL: 'http://127.0.0.1:4566' });
    expect(here(2)).not.toHaveProperty('LIFECYCLE_HOOK_NAME');
    expect(here(2)).not.toHaveProperty('AUTO_SCALING_GROUP_NAME');
  });

  it('are otherwise what the template says', () => {
    expect(here(2)).toMatchObject({ JOB: 'draw-meme', CONCURRENCY: '2', JOB_TIMEOUT_SECONDS: '600' });
  });

  it.each([1, 2, 30, 300])('hide messages no longer than queues do, %d s, and are sound', cap => {
    const environment = parseEnvironment(checkedWorkerEnvironment as never, here(cap)) as object;
    expect(environment).toMatchObject({
      VISIBILITY_TIMEOUT_SECONDS: Math.min(120, cap),
      RETRY_LAST_SECONDS: Math.min(900, cap),
    });
  });
});
