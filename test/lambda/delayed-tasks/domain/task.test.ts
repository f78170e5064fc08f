import type { ScheduleTaskRequest } from '../../../../contracts/tasks.ts';
import {
  decideCancellation,
  decideRun,
  decideScheduling,
  done,
  released,
  type TaskState,
} from '../../../../lambda/delayed-tasks/domain/task.ts';

const now = new Date('2026-11-26T14:00:00.000Z');
const lease = { owner: 'invocation-1/message-1', until: now.getTime() + 15_000 };
const request: ScheduleTaskRequest = {
  task_id: 'remind-12345',
  kind: 'remind_unpaid_order',
  payload: { order_id: '12345', customer_id: 'john-doe' },
  due_at: '2026-11-26T14:30:00.000Z',
};
const wanted = (change: Partial<ScheduleTaskRequest> = {}) => ({
  request: { ...request, ...change } as ScheduleTaskRequest,
  correlationId: 'shop-1',
  dueByDefault: new Date(now.getTime() + 5_000),
});
const known = {
  task: {
    kind: 'remind_unpaid_order' as const,
    payload: { order_id: '12345', customer_id: 'john-doe' },
    due_at: '2026-11-26T14:30:00.000Z',
    correlation_id: 'shop-1',
  },
  expires_at: Date.parse('2026-12-26T14:30:00.000Z') / 1_000,
};
const scheduled: TaskState = { status: 'scheduled', ...known };
const running: TaskState = { status: 'running', ...known, lease };
const doneState = done(running, now);
const canceled: TaskState = { status: 'canceled', ...known, canceled_at: now.toISOString() };

describe('decideScheduling', () => {
  it('records a task, and remembers it for a month after it is due', () => {
    expect(decideScheduling(undefined, wanted(), now)).toEqual({ outcome: 'scheduled', next: scheduled });
  });

  it('gives a task that names no time that of the queue', () => {
    expect(decideScheduling(undefined, wanted({ due_at: undefined }), now)).toMatchObject({
      next: { task: { due_at: '2026-11-26T14:00:05.000Z' } },
    });
  });

  it('remembers a task whose time has passed for a month from now', () => {
    expect(decideScheduling(undefined, wanted({ due_at: '2020-01-01T00:00:00.000Z' }), now)).toMatchObject({
      next: { expires_at: Date.parse('2026-12-26T14:00:00.000Z') / 1_000 },
    });
  });

  it('takes none that is due in more than 366 days', () => {
    expect(decideScheduling(undefined, wanted({ due_at: '2027-11-27T14:00:00.000Z' }), now).outcome).toBe(
      'scheduled',
    );
    expect(decideScheduling(undefined, wanted({ due_at: '2027-11-27T14:00:00.001Z' }), now).outcome).toBe(
      'too_far',
    );
  });

  it.each([
    ['scheduled_before', scheduled],
    ['running', running],
    ['done', doneState],
    ['canceled', canceled],
  ])('the same again is %s, with its time and without', (outcome, state) => {
    expect(decideScheduling(state, wanted(), now)).toEqual({ outcome });
    expect(decideScheduling(state, wanted({ due_at: undefined }), now)).toEqual({ outcome });
  });

  it.each<[string, Partial<ScheduleTaskRequest>]>([
    ['another time', { due_at: '2026-11-26T14:30:00.001Z' }],
    ['another payload', { payload: { order_id: '12346', customer_id: 'john-doe' } }],
    ['another kind', { kind: 'release_reservation', payload: { reservation_id: '1', order_id: '12345' } }],
  ])('%s under the same id is refused', (_, change) => {
    expect(decideScheduling(scheduled, wanted(change), now)).toEqual({ outcome: 'id_taken' });
  });
});

describe('decideCancellation', () => {
  it('cancels what is scheduled', () => {
    expect(decideCancellation(scheduled, now)).toEqual({ outcome: 'canceled', next: canceled });
  });

  it('cancels a run that died, and not one that lives', () => {
    expect(decideCancellation(running, now)).toEqual({ outcome: 'running' });
    expect(decideCancellation(running, new Date(lease.until))).toMatchObject({ outcome: 'canceled' });
  });

  it.each([
    ['unknown', undefined],
    ['done', doneState],
    ['canceled_before', canceled],
  ])('changes nothing of what is %s', (outcome, state) => {
    expect(decideCancellation(state, now)).toEqual({ outcome });
  });
});

describe('decideRun', () => {
  const due = new Date(known.task.due_at);

  it('runs what is due, under a lease', () => {
    expect(decideRun(scheduled, lease, due)).toEqual({ action: 'run', task: known.task, next: running });
  });

  it('forgives clocks that differ by 5 seconds, and no more', () => {
    expect(decideRun(scheduled, lease, new Date(due.getTime() - 5_000)).action).toBe('run');
    expect(decideRun(scheduled, lease, new Date(due.getTime() - 5_001))).toEqual({
      action: 'too_early',
      dueAt: known.task.due_at,
    });
  });

  it('waits for a run that lives, and takes over from one that died', () => {
    const other = { owner: 'invocation-2/message-2', until: lease.until + 15_000 };
    expect(decideRun(running, other, now)).toEqual({ action: 'wait', lease });
    expect(decideRun(running, other, new Date(lease.until))).toMatchObject({
      action: 'run',
      next: { lease: other },
    });
  });

  it('passes over what is done or canceled, and knows what it does not know', () => {
    expect(decideRun(doneState, lease, due)).toEqual({ action: 'skip', outcome: 'done_before' });
    expect(decideRun(canceled, lease, due)).toEqual({ action: 'skip', outcome: 'canceled' });
    expect(decideRun(undefined, lease, due)).toEqual({ action: 'unknown' });
  });

  it('of a run that failed, nothing stays', () => {
    expect(released(running)).toEqual(scheduled);
  });
});
