import { EcsPlatform, type EcsPlatformOptions } from '../../../worker/platform/ecs-platform.ts';
import { AgentTaskProtection, TaskProtectionError } from '../../../worker/platform/task-protection.ts';
import { type HttpStandIn, httpStandIn, type StandInAnswer } from '../support/http-stand-in.ts';
import { RecordingLog } from '../support/recording.ts';
import { throughout, until } from '../support/until.ts';

let agent: HttpStandIn;
let answer: StandInAnswer | undefined;
let log: RecordingLog;

beforeEach(async () => {
  answer = undefined;
  log = new RecordingLog();
  agent = await httpStandIn(({ body }) => {
    const { ProtectionEnabled } = JSON.parse(body);
    return answer ?? { body: JSON.stringify({ protection: { ProtectionEnabled, TaskArn: 'arn:task' } }) };
  });
});
afterEach(() => agent.close());

const states = () => agent.requests.map(({ body }) => JSON.parse(body));
const protectedFor = (minutes: number) => ({ ProtectionEnabled: true, ExpiresInMinutes: minutes });
const unprotected = { ProtectionEnabled: false };

function platform(overrides: Partial<EcsPlatformOptions> = {}): EcsPlatform {
  const protection = new AgentTaskProtection(agent.url);
  return new EcsPlatform({ protection, log, idleMs: 150, checkEveryMs: 20, retryMs: 50, ...overrides });
}

describe('AgentTaskProtection', () => {
  it('puts the state where the container agent expects it', async () => {
    await new AgentTaskProtection(agent.url).protect(30);
    expect(agent.requests[0]).toMatchObject({
      method: 'PUT',
      path: '/task-protection/v1/state',
      headers: { 'content-type': 'application/json' },
    });
    expect(states()).toEqual([protectedFor(30)]);
  });

  it.each([
    ['an error', { status: 400, body: '{"error":{"Code":"InvalidParameterException"}}' }],
    ['a failure with status 200', { body: '{"failure":{"Reason":"TASK_NOT_VALID","Detail":"no service"}}' }],
    ['another state', { body: '{"protection":{"ProtectionEnabled":false}}' }],
    ['nonsense', { body: 'gateway' }],
  ])('fails on %s', async (_, refused) => {
    answer = refused;
    await expect(new AgentTaskProtection(agent.url).protect(30)).rejects.toThrow(TaskProtectionError);
  });

  it('fails when nothing listens', async () => {
    await agent.close();
    await expect(new AgentTaskProtection(agent.url).unprotect()).rejects.toThrow('does not answer');
  });
});

describe('EcsPlatform', () => {
  it('protects the task with the first job, and no longer some time after the last', async () => {
    const ecs = platform();
    ecs.jobsInHand(1);
    await until('protection', () => states().length === 1);
    for (const count of [2, 1, 0, 1, 0]) ecs.jobsInHand(count);
    await throughout(100, 'protected between jobs', () => states().length === 1);
    await until('no protection', () => states().length === 2);
    await ecs.drained();

    expect(states()).toEqual([protectedFor(10), unprotected]);
  });

  it('renews the protection of a long job at half its time', async () => {
    // 0.005 minutes are 300 ms.
    const ecs = platform({ protectionMinutes: 0.005 });
    ecs.jobsInHand(1);
    await until('renewals', () => states().length >= 3);
    await ecs.drained();

    expect(
      new Set(
        states()
          .slice(0, 3)
          .map(({ ProtectionEnabled }) => ProtectionEnabled),
      ),
    ).toEqual(new Set([true]));
    expect(states().at(-1)).toEqual(unprotected);
  });

  it('tries again when the agent refuses, after a pause', async () => {
    answer = { status: 500, body: '{}' };
    const ecs = platform({ retryMs: 300 });
    ecs.jobsInHand(1);
    await until('a refusal', () => log.find('Task protection not changed'));
    await throughout(200, 'a pause', () => states().length === 1);
    answer = undefined;
    await until('protection', () => states().length === 2);
    await ecs.drained();

    expect(states()).toEqual([protectedFor(10), protectedFor(10), unprotected]);
  });

  it('leaves the task unprotected when the worker has drained, and asks nothing without jobs', async () => {
    const busy = platform();
    busy.jobsInHand(1);
    await busy.drained();
    expect(states()).toEqual([protectedFor(10), unprotected]);

    const idle = platform();
    await idle.watch();
    await throughout(80, 'nothing is asked', () => states().length === 2);
    await idle.drained();
    expect(states()).toHaveLength(2);
  });
});
