import { type HttpStandIn, httpStandIn } from './support/http-stand-in.ts';
import { StandInInstance } from './support/instance.ts';
import { LocalSqs, type TestQueue } from './support/local-sqs.ts';
import { until } from './support/until.ts';
import { Ledger, WorkerChild } from './support/worker-child.ts';

let sqs: LocalSqs;
let queue: TestQueue;
let ledger: Ledger;
let queues = 0;
const children: WorkerChild[] = [];

beforeAll(async () => {
  sqs = await LocalSqs.start();
});
afterAll(() => sqs.close());
beforeEach(async () => {
  queue = await sqs.createQueue(`process-${++queues}`);
  ledger = new Ledger();
});
afterEach(async () => {
  await Promise.all(children.splice(0).map(child => child.end()));
  ledger.remove();
});

function worker(environment: Readonly<Record<string, string>> = {}): WorkerChild {
  const child = new WorkerChild({ QUEUE_URL: queue.url, LEDGER_FILE: ledger.path, ...environment });
  children.push(child);
  return child;
}

const begun = (id: string) => until(`${id} has begun`, () => ledger.of(id, 'begun')[0], 15_000);
const digested = (id: string) => until(`${id} is digested`, () => ledger.of(id, 'digested')[0]);

describe('a worker process', () => {
  it('does jobs, answers for its health, and writes logs and metrics', async () => {
    const child = worker();
    const { health_url } = await child.started();
    await queue.send({ id: 'a', text: 'hello' });

    expect(await digested('a')).toMatchObject({
      digest: '2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824',
    });
    const health = await fetch(String(health_url));
    expect(await health.json()).toMatchObject({ status: 'ok' });
    child.signal('SIGTERM');
    expect(await child.exited).toBe(0);
    expect(child.find('Job done')).toMatchObject({ level: 'INFO', service: 'digest', id: 'a' });
    expect(child.metric('JobsDone')).toBe(1);
    expect(await queue.isEmpty()).toBe(true);
  }, 20_000);

  it('leaves its job to another when it is killed', async () => {
    const workers = [worker(), worker()];
    await Promise.all(workers.map(child => child.started()));
    await queue.send({ id: 'a', text: 'hello', work_ms: 1_500 });
    const { pid } = await begun('a');
    const [killed, other] = workers[0]?.pid === pid ? workers : workers.toReversed();
    killed?.signal('SIGKILL');
    expect(await killed?.exited).toBe('SIGKILL');

    expect(await digested('a')).toMatchObject({ pid: other?.pid });
    await until('the message is deleted', () => queue.isEmpty());
    expect(ledger.of('a', 'digested')).toHaveLength(1);
    expect(await until('its log line', () => other?.find('Job done'))).toMatchObject({ receive_count: 2 });
  }, 30_000);

  it('finishes the job in hand after SIGTERM, longer than its visibility timeout, and exits 0', async () => {
    const child = worker({ VISIBILITY_TIMEOUT_SECONDS: '1', HEARTBEAT_SECONDS: '0.3' });
    await queue.send({ id: 'a', text: 'hello', work_ms: 2_000 });
    await begun('a');
    child.signal('SIGTERM');
    await queue.send({ id: 'b', text: 'next' });

    expect(await child.exited).toBe(0);
    expect(ledger.of('a', 'digested')).toHaveLength(1);
    expect(ledger.of('b', 'begun')).toEqual([]);
    expect(await queue.take()).toEqual(['{"id":"b","text":"next"}']);
  }, 20_000);

  it('releases a job that takes longer than it may after SIGTERM, and exits 0', async () => {
    const child = worker({ SHUTDOWN_SECONDS: '0.5', VISIBILITY_TIMEOUT_SECONDS: '600' });
    await queue.send({ id: 'a', text: 'hello', work_ms: 60_000 });
    await begun('a');
    child.signal('SIGTERM');

    expect(await child.exited).toBe(0);
    expect(child.find('Job released')).toMatchObject({ id: 'a' });
    expect(child.metric('JobsReleased')).toBe(1);
    expect(await queue.depth()).toEqual({ visible: 1, hidden: 0 });
  }, 20_000);

  it('releases its job at once at a second SIGINT', async () => {
    const child = worker({ SHUTDOWN_SECONDS: '3600' });
    await queue.send({ id: 'a', text: 'hello', work_ms: 60_000 });
    await begun('a');
    child.signal('SIGINT');
    await until('it stops', () => child.find('Worker stops'));
    child.signal('SIGINT');

    expect(await child.exited).toBe(0);
    expect(await queue.depth()).toEqual({ visible: 1, hidden: 0 });
  }, 20_000);

  it('leaves a message that is no job to come back, and says what is wrong with it', async () => {
    const child = worker({ RETRY_FIRST_SECONDS: '600', RETRY_LAST_SECONDS: '600' });
    await queue.send({ id: 'a' });
    const failed = await until('the failure', () => child.find('Job failed'), 15_000);

    expect(failed).toMatchObject({
      level: 'ERROR',
      failure: 'permanent',
      error: { name: 'BadMessageError', message: expect.stringContaining('no digest-text job: text:') },
    });
    child.signal('SIGTERM');
    expect(await child.exited).toBe(0);
    expect(child.metric('JobsFailedPermanent')).toBe(1);
    expect(await queue.depth()).toEqual({ visible: 0, hidden: 1 });
  }, 20_000);

  it('releases its jobs and exits 1 when an error is caught by nobody', async () => {
    const child = worker({ CONCURRENCY: '2', VISIBILITY_TIMEOUT_SECONDS: '600' });
    await queue.send({ id: 'a', text: 'hello', work_ms: 60_000 });
    await begun('a');
    await queue.send({ id: 'b', text: 'hello', work_ms: 60_000, stray_error: true });

    expect(await child.exited).toBe(1);
    expect(child.find('Worker crashed')).toMatchObject({ level: 'ERROR', error: { message: 'stray' } });
    expect(await queue.depth()).toEqual({ visible: 2, hidden: 0 });
  }, 20_000);

  it.each([
    [{ JOB: 'draw-meme' }, 'JOB is "draw-meme", which this worker does not know. Known: digest-text.'],
    [{ HEARTBEAT_SECONDS: '2' }, 'HEARTBEAT_SECONDS is "2"'],
    [{ LEDGER_FILE: '' }, 'LEDGER_FILE'],
  ])(
    'does not start with %j',
    async (environment, message) => {
      const child = worker(environment);
      expect(await child.exited).toBe(1);
      expect(child.find('Worker not started')).toMatchObject({
        error: { message: expect.stringContaining(message) },
      });
    },
    20_000,
  );
});

describe('a worker process on EC2', () => {
  let instance: StandInInstance;
  let autoScaling: HttpStandIn;

  beforeEach(async () => {
    instance = await new StandInInstance().start();
    autoScaling = await httpStandIn(({ body }) => {
      const action = new URLSearchParams(body).get('Action');
      return { contentType: 'text/xml', body: `<${action}Response><${action}Result/></${action}Response>` };
    });
  });
  afterEach(() => Promise.all([instance.close(), autoScaling.close()]));

  const ec2Worker = (environment: Readonly<Record<string, string>> = {}) =>
    worker({
      PLATFORM: 'ec2',
      AWS_EC2_METADATA_SERVICE_ENDPOINT: instance.url,
      AWS_ENDPOINT_URL_AUTO_SCALING: autoScaling.url,
      LIFECYCLE_HOOK_NAME: 'drain',
      LIFECYCLE_HEARTBEAT_SECONDS: '0.2',
      NOTICE_INTERVAL_SECONDS: '0.1',
      ...environment,
    });
  const actions = () => autoScaling.requests.map(({ body }) => new URLSearchParams(body).get('Action'));

  it('finishes its job on scale-in, keeps the hook waiting for it, and completes the action last', async () => {
    const child = ec2Worker();
    await queue.send({ id: 'a', text: 'hello', work_ms: 1_500 });
    await begun('a');
    instance.values.set('autoscaling/target-lifecycle-state', 'Terminated');
    const heartbeats = await until('heartbeats of the hook', () => actions().length >= 3 && actions());
    expect(new Set(heartbeats)).toEqual(new Set(['RecordLifecycleActionHeartbeat']));
    expect(ledger.of('a', 'digested')).toEqual([]);

    expect(await child.exited).toBe(0);
    expect(ledger.of('a', 'digested')).toHaveLength(1);
    expect(actions().filter(action => action === 'CompleteLifecycleAction')).toHaveLength(1);
    expect(actions().at(-1)).toBe('CompleteLifecycleAction');
    const { body } = autoScaling.requests.at(-1) ?? {};
    expect(Object.fromEntries(new URLSearchParams(body))).toMatchObject({
      InstanceId: 'i-0123456789abcdef0',
      AutoScalingGroupName: 'videos-group',
    });
  }, 20_000);

  it('releases a job that a spot interruption leaves no time for', async () => {
    const child = ec2Worker();
    await queue.send({ id: 'a', text: 'hello', work_ms: 60_000 });
    await begun('a');
    const time = new Date(Date.now() + 10_500).toISOString();
    instance.values.set('spot/instance-action', JSON.stringify({ action: 'terminate', time }));

    expect(await child.exited).toBe(0);
    expect(child.find('Spot interruption')).toMatchObject({ action: 'terminate' });
    expect(await queue.depth()).toEqual({ visible: 1, hidden: 0 });
    expect(actions()).toEqual([]);
  }, 20_000);
});

describe('a worker process on ECS', () => {
  it('protects its task while it has a job, and no longer when SIGTERM has ended it', async () => {
    const agent = await httpStandIn(({ body }) => {
      const { ProtectionEnabled } = JSON.parse(body);
      return { body: JSON.stringify({ protection: { ProtectionEnabled } }) };
    });
    const states = () => agent.requests.map(({ body }) => JSON.parse(body).ProtectionEnabled as boolean);
    const child = worker({ PLATFORM: 'ecs', ECS_AGENT_URI: `${agent.url}/api/task` });
    await queue.send({ id: 'a', text: 'hello', work_ms: 1_000 });
    await begun('a');
    await until('protection', () => states().length === 1);
    expect(agent.requests[0]?.path).toBe('/api/task/task-protection/v1/state');
    child.signal('SIGTERM');

    expect(await child.exited).toBe(0);
    expect(states()).toEqual([true, false]);
    expect(ledger.of('a', 'digested')).toHaveLength(1);
    await agent.close();
  }, 20_000);
});
