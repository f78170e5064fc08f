import type { AlarmState } from '../../../local/alarms/alarm-spec.ts';
import { CompositeAlarm, type CompositeSpec } from '../../../local/alarms/composite-alarm.ts';

const EPOCH = Date.UTC(2026, 2, 26, 9, 42);

/** A composite over `dlq` that `unhealthy` suppresses, and what it acts on; time passes as the test says. */
function remains(spec: Partial<CompositeSpec> = {}) {
  const states: Record<string, AlarmState> = { dlq: 'OK', unhealthy: 'OK' };
  let seconds = 0;
  const at = () => new Date(EPOCH + seconds * 1_000);
  const alarm = new CompositeAlarm(
    {
      alarmName: 'remains',
      rule: 'ALARM("dlq")',
      suppressor: { alarm: 'unhealthy', waitSeconds: 300, extensionSeconds: 3_600 },
      ...spec,
    },
    1,
    at(),
  );
  const acted: string[] = [];
  const find = (name: string) => {
    const state = states[name];
    return state && { arn: `arn:${name}`, state, since: at() };
  };
  const pass = (elapsed: number, changes: Record<string, AlarmState> = {}) => {
    seconds += elapsed;
    Object.assign(states, changes);
    alarm.judge(find, at());
    const due = alarm.due(find, at());
    if (due) acted.push(`${due.newState} at ${seconds}`);
  };
  pass(0);
  acted.length = 0;
  return { alarm, acted, pass };
}

describe('a composite alarm', () => {
  it('goes off and ends with its rule, and says which alarm made it', () => {
    const alarm = new CompositeAlarm(
      { alarmName: 'unhealthy', rule: 'ALARM(failed) OR ALARM(old)' },
      1,
      new Date(EPOCH),
    );
    const since = new Date(Date.UTC(2026, 2, 6, 9, 42, 5));
    const failed = (state: AlarmState) => (name: string) =>
      name === 'failed' ? { arn: 'arn:failed', state, since } : undefined;

    alarm.judge(failed('OK'), new Date(EPOCH));
    expect(alarm.judge(failed('ALARM'), new Date(EPOCH))).toMatchObject({
      oldState: 'OK',
      newState: 'ALARM',
      reason: 'arn:failed transitioned to ALARM at Friday 06 March, 2026 09:42:05 UTC',
      children: [{ arn: 'arn:failed' }],
    });
    expect(alarm.judge(failed('ALARM'), new Date(EPOCH))).toBeUndefined();
    expect(alarm.judge(failed('OK'), new Date(EPOCH))).toMatchObject({ newState: 'OK' });
  });

  it('acts at once without a suppressor', () => {
    const { acted, pass } = remains({ suppressor: undefined as never });
    pass(10, { dlq: 'ALARM' });
    pass(10, { dlq: 'OK' });
    expect(acted).toEqual(['ALARM at 10', 'OK at 20']);
  });

  it('waits for its suppressor, and acts when that does not come', () => {
    const { acted, pass, alarm } = remains();
    pass(10, { dlq: 'ALARM' });
    expect(alarm.state).toBe('ALARM');
    pass(299);
    expect(acted).toEqual([]);
    pass(1);
    expect(acted).toEqual(['ALARM at 310']);
  });

  it('is silent while its suppressor is on and for the extension, then tells what is left', () => {
    const { acted, pass } = remains();
    pass(10, { unhealthy: 'ALARM' });
    pass(400, { dlq: 'ALARM' });
    pass(1_000);
    pass(10, { unhealthy: 'OK' });
    pass(3_599);
    expect(acted).toEqual([]);
    pass(1);
    expect(acted).toEqual(['ALARM at 5020']);
  });

  it('says nothing of what came and went while it was suppressed', () => {
    const { acted, pass } = remains();
    pass(10, { unhealthy: 'ALARM', dlq: 'ALARM' });
    pass(600, { unhealthy: 'OK' });
    pass(600, { dlq: 'OK' });
    pass(3_600);
    expect(acted).toEqual([]);
  });

  it('keeps its end back too, when it told of its start and the suppressor came later', () => {
    const { acted, pass } = remains();
    pass(10, { dlq: 'ALARM' });
    pass(300);
    pass(10, { unhealthy: 'ALARM' });
    pass(10, { dlq: 'OK' });
    pass(10, { unhealthy: 'OK' });
    expect(acted).toEqual(['ALARM at 310']);
    pass(3_600);
    expect(acted).toEqual(['ALARM at 310', 'OK at 3940']);
  });
});
