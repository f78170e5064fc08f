import * as v from 'valibot';
import { takeTasksEnvironment } from '../../contracts/delayed-tasks.ts';
import { parseEnvironment } from '../../contracts/environment.ts';
import { dueTasks, scheduleTaskRequest, task, taskEvents, wakeUps } from '../../contracts/tasks.ts';

const reminder = {
  task_id: 'remind-12345',
  kind: 'remind_unpaid_order',
  payload: { order_id: '12345', customer_id: 'john-doe' },
  due_at: '2026-11-26T14:30:00Z',
};

/** The fields that are wrong, in the order in which they are found. */
function faultyFields(content: unknown): string[] {
  return (v.safeParse(scheduleTaskRequest, content).issues ?? []).map(issue => v.getDotPath(issue) ?? 'body');
}

describe('scheduleTaskRequest', () => {
  it('takes a task of each kind, with a time or without', () => {
    const { due_at: _, ...undated } = reminder;
    expect(v.parse(scheduleTaskRequest, undated)).toEqual(undated);
    expect(
      v.parse(scheduleTaskRequest, {
        ...reminder,
        kind: 'release_reservation',
        payload: { reservation_id: 'r-1', order_id: '12345' },
      }),
    ).toMatchObject({ payload: { reservation_id: 'r-1' } });
  });

  it('keeps a time in UTC, so that the same moment is the same text', () => {
    for (const due_at of ['2026-11-26T14:30:00Z', '2026-11-26T15:30:00+01:00', '2026-11-26T14:30:00.000Z']) {
      expect(v.parse(scheduleTaskRequest, { ...reminder, due_at }).due_at).toBe('2026-11-26T14:30:00.000Z');
    }
  });

  it('takes a 29th of February of a leap year', () => {
    const due_at = '2028-02-29T00:00:00.000Z';
    expect(v.parse(scheduleTaskRequest, { ...reminder, due_at }).due_at).toBe(due_at);
  });

  it('leaves out what is no part of a task', () => {
    expect(v.parse(scheduleTaskRequest, { ...reminder, run_as: 'admin' })).not.toHaveProperty('run_as');
  });

  it.each([
    ['task_id', { task_id: 'a b' }],
    ['task_id', { task_id: 'x'.repeat(65) }],
    ['kind', { kind: 'delete_everything' }],
    ['payload', { payload: 'order 12345' }],
    ['payload.customer_id', { payload: { order_id: '12345' } }],
    ['payload.order_id', { payload: { order_id: '', customer_id: 'john-doe' } }],
    ['due_at', { due_at: 'tomorrow' }],
    ['due_at', { due_at: '2026-11-26' }],
    ['due_at', { due_at: '2026-11-26T14:30:00' }],
    ['due_at', { due_at: '2026-13-45T14:30:00Z' }],
    ['due_at', { due_at: '2026-02-30T14:30:00Z' }],
    ['due_at', { due_at: '2027-02-29T00:00:00+14:00' }],
    ['due_at', { due_at: '2026-11-26T14:30:00+05' }],
    ['due_at', { due_at: 1_795_703_400 }],
  ])('names %s when it is %j', (field, change) => {
    expect(faultyFields({ ...reminder, ...change })).toContain(field);
  });

  it("refuses a kind with another kind's payload", () => {
    expect(faultyFields({ ...reminder, kind: 'release_reservation' })).toEqual(['payload.reservation_id']);
  });
});

it('a wake-up is what the consumer takes', () => {
  const { body } = wakeUps.encode({
    event_type: 'task_due',
    task_id: 'remind-12345',
    due_at: '2026-11-26T14:30:00.000Z',
    correlation_id: 'shop-1',
  });
  expect(v.parse(dueTasks.schema, JSON.parse(body))).toMatchObject({ task_id: 'remind-12345' });
});

it('a task that is due is an event of its kind, which subscriptions can select', () => {
  expect(taskEvents.select('release_reservation').types).toEqual(['release_reservation']);
  expect(
    taskEvents.encode({
      event_type: 'release_reservation',
      task_id: 'release-1',
      due_at: '2026-11-26T14:30:00.000Z',
      correlation_id: 'shop-1',
      payload: { reservation_id: 'r-1', order_id: '12345' },
    }).attributes,
  ).toEqual({ eventType: 'release_reservation' });
});

it('every kind that can be posted can be recorded, and is an event', () => {
  const kinds = (schema: {
    readonly options: readonly { readonly entries: { kind: { literal: string } } }[];
  }) => schema.options.map(({ entries }) => entries.kind.literal).sort();
  expect(kinds(task)).toEqual(kinds(scheduleTaskRequest));
  expect(Object.keys(taskEvents.schemas).sort()).toEqual(kinds(scheduleTaskRequest));
});

describe('takeTasksEnvironment', () => {
  const variables = {
    LOG_LEVEL: 'INFO',
    TABLE_NAME: 'tasks',
    QUEUE_URL: 'https://sqs.eu-west-1.amazonaws.com/111111111111/tasks',
    QUEUE_ARN: 'arn:aws:sqs:eu-west-1:111111111111:tasks',
    QUEUE_DELAY_SECONDS: '5',
    SCHEDULE_GROUP: 'tasks',
    SCHEDULE_ROLE_ARN: 'arn:aws:iam::111111111111:role/tasks',
    SCHEDULE_DLQ_ARN: 'arn:aws:sqs:eu-west-1:111111111111:tasks-dlq',
  };

  it('has the limits of the services, unless a demonstration shortens them', () => {
    expect(parseEnvironment(takeTasksEnvironment, variables)).toMatchObject({
      QUEUE_DELAY_SECONDS: 5,
      LONGEST_TIMER_SECONDS: 900,
      SCHEDULE_STEP_SECONDS: 60,
    });
  });

  it.each([
    ['QUEUE_DELAY_SECONDS', '901'],
    ['LONGEST_TIMER_SECONDS', '901'],
    ['SCHEDULE_STEP_SECONDS', '0'],
    ['SCHEDULE_STEP_SECONDS', 'a minute'],
  ])('refuses %s %s', (name, value) => {
    expect(() => parseEnvironment(takeTasksEnvironment, { ...variables, [name]: value })).toThrow(
      `${name} is "${value}"`,
    );
  });
});
