import { Ec2Platform, type Ec2PlatformOptions } from '../../../worker/platform/ec2-platform.ts';
import { InstanceMetadata } from '../../../worker/platform/instance-metadata.ts';
import type { LifecycleAction } from '../../../worker/platform/lifecycle-action.ts';
import { Shutdown } from '../../../worker/shutdown.ts';
import { StandInInstance } from '../support/instance.ts';
import { RecordingLog } from '../support/recording.ts';
import { throughout, until } from '../support/until.ts';

/** A hook's action that counts what is done to it. */
class CountingAction implements LifecycleAction {
  heartbeats = 0;
  completions = 0;
  failures = 0;

  async heartbeat(): Promise<void> {
    this.heartbeats += 1;
    if (this.failures > 0) throw new Error('no heartbeat');
  }

  async complete(): Promise<void> {
    if (this.failures-- > 0) throw new Error('No active Lifecycle Action found');
    this.completions += 1;
  }
}

let instance: StandInInstance;
let action: CountingAction;
let log: RecordingLog;
let shutdown: Shutdown;

beforeEach(async () => {
  instance = await new StandInInstance().start();
  action = new CountingAction();
  log = new RecordingLog();
  shutdown = new Shutdown();
});
afterEach(async () => {
  shutdown.settle();
  await instance.close();
});

function platform(overrides: Partial<Ec2PlatformOptions> = {}): Ec2Platform {
  return new Ec2Platform({
    metadata: new InstanceMetadata(instance.url),
    lifecycleAction: action,
    noticeIntervalMs: 20,
    lifecycleHeartbeatMs: 30,
    scaleInMs: 60_000,
    log,
    completePausesMs: [10, 10],
    ...overrides,
  });
}

const terminate = () => instance.values.set('autoscaling/target-lifecycle-state', 'Terminated');

describe('Ec2Platform', () => {
  it('wants nothing of a worker whose instance stays', async () => {
    const ec2 = platform();
    await ec2.watch(shutdown);
    const looks = () => instance.requests.filter(({ path }) => path.endsWith('instance-action')).length;
    await until('three looks', () => looks() >= 3);
    expect(shutdown.isRequested).toBe(false);
    await ec2.drained();
    const seen = looks();
    await throughout(80, 'no look after the end', () => looks() <= seen + 1);
    expect(action.completions).toBe(0);
  });

  it('stops the worker ten seconds before a spot interruption', async () => {
    const ec2 = platform();
    await ec2.watch(shutdown);
    const time = new Date(Date.now() + 120_000).toISOString();
    instance.values.set('spot/instance-action', JSON.stringify({ action: 'terminate', time }));
    const { cause, withinMs } = await shutdown.requested;
    await ec2.drained();

    expect(cause).toBe('spot-interruption');
    expect(withinMs).toBeGreaterThan(105_000);
    expect(withinMs).toBeLessThanOrEqual(110_000);
    expect(action.completions).toBe(0);
  });

  it('keeps the hook waiting while jobs end, and completes its action when they have', async () => {
    const ec2 = platform();
    await ec2.watch(shutdown);
    terminate();
    expect(await shutdown.requested).toEqual({ cause: 'scale-in', withinMs: 60_000 });
    await until('heartbeats', () => action.heartbeats >= 3);
    expect(action.completions).toBe(0);
    await ec2.drained();
    const beats = action.heartbeats;
    await throughout(80, 'no heartbeat after the end', () => action.heartbeats === beats);

    expect(action.completions).toBe(1);
    expect(log.all('The group terminates this instance')).toHaveLength(1);
  });

  it('sees at its first look that the instance is to go already', async () => {
    terminate();
    const ec2 = platform();
    await ec2.watch(shutdown);
    expect(shutdown.isRequested).toBe(true);
    await ec2.drained();
    expect(action.completions).toBe(1);
  });

  it('completes the action again when the instance did not wait yet', async () => {
    terminate();
    action.failures = 2;
    const ec2 = platform();
    await ec2.watch(shutdown);
    await ec2.drained();
    expect(action.completions).toBe(1);
    expect(log.all('Lifecycle action not completed')).toHaveLength(2);
  });

  it('gives up in the end, since the hook times out by itself, and survives failed heartbeats', async () => {
    terminate();
    action.failures = 99;
    const ec2 = platform();
    await ec2.watch(shutdown);
    await until('a failed heartbeat', () => log.find('Lifecycle heartbeat failed'));
    await ec2.drained();
    expect(action.completions).toBe(0);
    expect(log.lines.at(-1)).toMatchObject({ level: 'error' });
  });

  it('stops the worker of a group without a hook too', async () => {
    terminate();
    const ec2 = platform({ lifecycleAction: undefined });
    await ec2.watch(shutdown);
    await ec2.drained();
    expect([...shutdown.causes]).toEqual(['scale-in']);
  });

  it('looks on when the metadata cannot be read, and says so once', async () => {
    instance.down = true;
    const ec2 = platform();
    await ec2.watch(shutdown);
    await until('several failures', () => instance.requests.length >= 4);
    expect(log.all('Instance metadata not read')).toHaveLength(1);
    instance.down = false;
    terminate();
    await until('the notice is seen after all', () => shutdown.isRequested);
    await ec2.drained();
  });
});
