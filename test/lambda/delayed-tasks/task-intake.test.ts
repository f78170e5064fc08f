import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import type { TaskState } from '../../../lambda/delayed-tasks/domain/task.ts';
import { taskIntake } from '../../../lambda/delayed-tasks/task-intake.ts';
import type { SleepingTask, TaskSchedule } from '../../../lambda/delayed-tasks/task-schedule.ts';
import { taskStore } from '../../../lambda/delayed-tasks/task-store.ts';
import { DependencyDownError } from '../../../lambda/shared/failures.ts';
import type { VersionedItems } from '../../../lambda/shared/versioned-items.ts';
import { DynamoDbServer } from '../../support/dynamodb-server.ts';
import { postRequest } from '../../support/http-requests.ts';
import { lambdaContext } from '../../support/lambda-context.ts';

const reminder = {
  task_id: 'remind-12345',
  kind: 'remind_unpaid_order',
  payload: { order_id: '12345', customer_id: 'john-doe' },
  due_at: '2026-11-26T14:30:00Z',
};
const down = async () => {
  throw new DependencyDownError('down');
};

/** Remembers what it was asked for. */
class RecordingSchedule implements TaskSchedule {
  readonly asked: { readonly task: SleepingTask; readonly at: Date | undefined }[] = [];
  readonly spared: string[] = [];
  before: () => Promise<void> = async () => undefined;

  async schedule(task: SleepingTask, at?: Date): Promise<void> {
    await this.before();
    this.asked.push({ task, at });
  }

  async cancel(taskId: string): Promise<void> {
    await this.before();
    this.spared.push(taskId);
  }
}

describe('taskIntake', () => {
  let server: DynamoDbServer;
  let tableName: string;
  let tasks: VersionedItems<TaskState>;
  let schedule: RecordingSchedule;
  let lines: unknown[][];
  let handler: ReturnType<typeof taskIntake>;

  beforeAll(async () => {
    server = await DynamoDbServer.start();
  });
  beforeEach(async () => {
    tableName = await server.createTable();
    tasks = taskStore(server.documents, tableName);
    schedule = new RecordingSchedule();
    lines = [];
    const note = (...line: unknown[]) => void lines.push(line);
    handler = taskIntake({
      tasks,
      schedule,
      queueDelaySeconds: 5,
      logger: { addContext: () => undefined, info: note, warn: note, error: note },
      now: () => new Date('2026-11-26T14:00:00.000Z'),
    });
  });
  afterAll(() => server.stop());

  async function ask(request: APIGatewayProxyEventV2) {
    const { statusCode, headers, body } = await handler(request, lambdaContext());
    return { status: statusCode, headers, content: JSON.parse(body ?? '') as Record<string, unknown> };
  }
  const post = (content: unknown) => ask(postRequest(content));
  const askOf = (method: string, task_id: string) => {
    const request = postRequest(undefined);
    request.requestContext.http.method = method;
    return ask({ ...request, pathParameters: { task_id } });
  };
  const stored = () => server.item(tableName, 'TASK#remind-12345');

  it('records a task, has it woken up, and answers 202', async () => {
    const response = await post(reminder);

    expect(response).toMatchObject({
      status: 202,
      content: { ...reminder, status: 'scheduled', due_at: '2026-11-26T14:30:00.000Z' },
    });
    await expect(stored()).resolves.toMatchObject({ status: 'scheduled', version: 1 });
    expect(schedule.asked).toEqual([
      {
        task: {
          task_id: 'remind-12345',
          due_at: '2026-11-26T14:30:00.000Z',
          correlation_id: expect.any(String),
        },
        at: new Date('2026-11-26T14:30:00Z'),
      },
    ]);
  });

  it('leaves a task that names no time to the delay of the queue', async () => {
    const { due_at: _, ...undated } = reminder;

    await expect(post(undated)).resolves.toMatchObject({
      status: 202,
      content: { due_at: '2026-11-26T14:00:05.000Z' },
    });
    expect(schedule.asked).toMatchObject([{ at: undefined }]);
  });

  it('has the same task woken up again when it is posted again, and records it once', async () => {
    await post(reminder);

    await expect(post(reminder)).resolves.toMatchObject({ status: 202, content: { status: 'scheduled' } });
    expect(schedule.asked).toHaveLength(2);
    await expect(stored()).resolves.toMatchObject({ version: 1 });
  });

  it('takes the same task once when it comes twice at the same time', async () => {
    const responses = await Promise.all([post(reminder), post(reminder)]);

    expect(responses.map(({ status }) => status)).toEqual([202, 202]);
    await expect(stored()).resolves.toMatchObject({ version: 1 });
  });

  it('answers 503 when the task cannot be woken up, and is mended by the same post', async () => {
    schedule.before = down;
    await expect(post(reminder)).resolves.toMatchObject({
      status: 503,
      headers: { 'retry-after': '2' },
      content: { error: 'unavailable' },
    });
    schedule.before = async () => undefined;

    await expect(post(reminder)).resolves.toMatchObject({ status: 202 });
    expect(schedule.asked).toMatchObject([{ at: new Date('2026-11-26T14:30:00Z') }]);
  });

  it('keeps to the time that was promised first when a task without one is posted again', async () => {
    const { due_at: _, ...undated } = reminder;
    schedule.before = down;
    await post(undated);
    schedule.before = async () => undefined;

    await post(undated);
    expect(schedule.asked).toMatchObject([{ at: new Date('2026-11-26T14:00:05.000Z') }]);
  });

  it('refuses another task, and another time, under the same id', async () => {
    await post(reminder);

    for (const other of [
      { ...reminder, due_at: '2026-11-26T15:00:00Z' },
      { ...reminder, payload: { order_id: '2', customer_id: 'bob' } },
    ]) {
      await expect(post(other)).resolves.toMatchObject({ status: 409, content: { error: 'id_taken' } });
    }
    expect(schedule.asked).toHaveLength(1);
  });

  it.each([
    [415, 'unsupported_media_type', 'text', { headers: { 'content-type': 'text/plain' } }],
    [400, 'malformed_json', '{', undefined],
    [413, 'body_too_large', { ...reminder, padding: 'x'.repeat(8_192) }, undefined],
    [400, 'invalid_task', { ...reminder, kind: 'delete_everything' }, undefined],
    [400, 'invalid_task', { ...reminder, due_at: '2030-01-01T00:00:00Z' }, undefined],
  ])('answers %i %s', async (status, error, content, options) => {
    await expect(ask(postRequest(content, options))).resolves.toMatchObject({ status, content: { error } });
    expect(schedule.asked).toEqual([]);
  });

  it('names every fault of a task', async () => {
    await expect(post({ ...reminder, task_id: '', due_at: 'soon' })).resolves.toMatchObject({
      content: { faults: [{ field: 'task_id' }, { field: 'due_at' }] },
    });
  });

  it('tells of a task, and knows what it does not know', async () => {
    await post(reminder);

    await expect(askOf('GET', 'remind-12345')).resolves.toMatchObject({
      status: 200,
      content: { task_id: 'remind-12345', status: 'scheduled', payload: reminder.payload },
    });
    await expect(askOf('GET', 'another')).resolves.toMatchObject({
      status: 404,
      content: { error: 'unknown_task' },
    });
    await expect(askOf('DELETE', 'another')).resolves.toMatchObject({ status: 404 });
  });

  it('cancels a task, as often as that is asked, and spares it its wake-up', async () => {
    await post(reminder);

    for (let time = 1; time <= 2; time++) {
      await expect(askOf('DELETE', 'remind-12345')).resolves.toMatchObject({
        status: 200,
        content: { status: 'canceled', canceled_at: '2026-11-26T14:00:00.000Z' },
      });
    }
    expect(schedule.spared).toEqual(['remind-12345', 'remind-12345']);
    await expect(stored()).resolves.toMatchObject({ status: 'canceled', version: 2 });
    await expect(post(reminder)).resolves.toMatchObject({ status: 409, content: { error: 'canceled' } });
    expect(schedule.asked).toHaveLength(1);
  });

  it('has canceled a task even if its wake-up cannot be spared', async () => {
    await post(reminder);
    schedule.before = down;

    await expect(askOf('DELETE', 'remind-12345')).resolves.toMatchObject({ status: 200 });
    await expect(stored()).resolves.toMatchObject({ status: 'canceled' });
    expect(lines).toContainEqual([expect.stringContaining('not spared'), expect.anything()]);
  });

  it('does not cancel what is being run, or was', async () => {
    await post(reminder);
    const seen = await tasks.read('remind-12345');
    if (seen === undefined) throw new Error('not recorded');
    const lease = { owner: 'another', until: Date.parse('2026-11-26T14:00:10.000Z') };
    const running = await tasks.write('remind-12345', { ...seen.state, status: 'running', lease }, seen);

    await expect(askOf('DELETE', 'remind-12345')).resolves.toMatchObject({
      status: 409,
      headers: { 'retry-after': '1' },
      content: { error: 'running' },
    });
    const done = { ...seen.state, status: 'done' as const, done_at: '2026-11-26T14:00:10.000Z' };
    await tasks.write('remind-12345', done, running);
    await expect(askOf('DELETE', 'remind-12345')).resolves.toMatchObject({
      status: 409,
      content: { error: 'done' },
    });
    await expect(post(reminder)).resolves.toMatchObject({ status: 202, content: { status: 'done' } });
    expect(schedule.spared).toEqual([]);
  });

  it('answers 503 when the record cannot be had, and 500 when nobody foresaw it', async () => {
    const failing = (fault: Error) =>
      taskIntake({
        tasks: { read: () => Promise.reject(fault), write: () => Promise.reject(fault) },
        schedule,
        queueDelaySeconds: 0,
        logger: {
          addContext: () => undefined,
          info: () => undefined,
          warn: () => undefined,
          error: () => undefined,
        },
      })(postRequest(reminder), lambdaContext());

    await expect(failing(new DependencyDownError('DynamoDB is down'))).resolves.toMatchObject({
      statusCode: 503,
    });
    await expect(failing(new Error('permission refused'))).resolves.toMatchObject({ statusCode: 500 });
  });
});
