import { dueTasks, type TaskDue, type TaskEvent } from '../../../contracts/tasks.ts';
import type { TaskState } from '../../../lambda/delayed-tasks/domain/task.ts';
import { failingTopic } from '../../../lambda/delayed-tasks/failing-topic.ts';
import { TooEarlyError, taskRunning, UnknownTaskError } from '../../../lambda/delayed-tasks/task-running.ts';
import { taskStore } from '../../../lambda/delayed-tasks/task-store.ts';
import { ConflictError, DependencyDownError, WorkInProgressError } from '../../../lambda/shared/failures.ts';
import { queueConsumer } from '../../../lambda/shared/queue-consumer.ts';
import { DynamoDbServer } from '../../support/dynamodb-server.ts';
import { InMemoryStates } from '../../support/in-memory-states.ts';
import { lambdaContext } from '../../support/lambda-context.ts';
import { catchLogLines } from '../../support/log-lines.ts';
import { sqsBatch } from '../../support/sqs-records.ts';

const due_at = '2026-11-26T14:30:00.000Z';
const wakeUp: TaskDue = {
  event_type: 'task_due',
  task_id: 'remind-12345',
  due_at,
  correlation_id: 'shop-1',
};
const scheduled: TaskState = {
  status: 'scheduled',
  task: {
    kind: 'remind_unpaid_order',
    payload: { order_id: '12345', customer_id: 'john-doe' },
    due_at,
    correlation_id: 'shop-1',
  },
  expires_at: 1_798_300_000,
};
let deliveries = 0;
const delivery = (remaining = 15_000) => ({
  id: `delivery-${++deliveries}`,
  remainingTimeInMs: () => remaining,
});

describe('taskRunning', () => {
  let server: DynamoDbServer;
  let tableName: string;
  let tasks: ReturnType<typeof taskStore>;
  let handedOn: TaskEvent[];
  let publish: (event: TaskEvent) => Promise<void>;
  let time: Date;
  let handle: (wakeUp: TaskDue) => Promise<{ readonly outcome: string }>;

  beforeAll(async () => {
    server = await DynamoDbServer.start();
  });
  beforeEach(async () => {
    tableName = await server.createTable();
    tasks = taskStore(server.documents, tableName);
    handedOn = [];
    publish = async event => void handedOn.push(event);
    time = new Date(due_at);
    const running = taskRunning({ tasks, topic: { publish: event => publish(event) }, now: () => time });
    handle = message => running(message, delivery());
    await tasks.write('remind-12345', scheduled, undefined);
  });
  afterAll(() => server.stop());

  const stored = () => server.item(tableName, 'TASK#remind-12345');

  it('hands a task on to whoever does its kind, and records that', async () => {
    await expect(handle(wakeUp)).resolves.toMatchObject({ outcome: 'handed_on', details: { late_ms: 0 } });

    expect(handedOn).toEqual([
      {
        event_type: 'remind_unpaid_order',
        correlation_id: 'shop-1',
        task_id: 'remind-12345',
        due_at,
        payload: { order_id: '12345', customer_id: 'john-doe' },
      },
    ]);
    await expect(stored()).resolves.toMatchObject({ status: 'done', done_at: due_at, version: 3 });
  });

  it('does so once when it is woken up twice, one after the other', async () => {
    await handle(wakeUp);

    await expect(handle(wakeUp)).resolves.toEqual({ outcome: 'done_before' });
    expect(handedOn).toHaveLength(1);
  });

  it('and when it is woken up twice at the same time', async () => {
    let other: Promise<unknown> | undefined;
    publish = async event => {
      other ??= handle(wakeUp);
      await other.catch(() => undefined);
      handedOn.push(event);
    };

    await expect(handle(wakeUp)).resolves.toMatchObject({ outcome: 'handed_on' });
    await expect(other).rejects.toThrow(WorkInProgressError);
    expect(handedOn).toHaveLength(1);
  });

  it('passes a canceled task over', async () => {
    const seen = await tasks.read('remind-12345');
    await tasks.write('remind-12345', { ...scheduled, status: 'canceled', canceled_at: due_at }, seen);

    await expect(handle(wakeUp)).resolves.toEqual({ outcome: 'canceled' });
    expect(handedOn).toEqual([]);
  });

  it('runs nothing before its time, whatever the wake-up says', async () => {
    time = new Date(Date.parse(due_at) - 60_000);

    await expect(handle({ ...wakeUp, due_at: '2026-01-01T00:00:00.000Z' })).rejects.toThrow(TooEarlyError);
    expect(handedOn).toEqual([]);
    await expect(stored()).resolves.toMatchObject({ status: 'scheduled', version: 1 });
  });

  it('leaves a wake-up of what is not recorded to the DLQ', async () => {
    await expect(handle({ ...wakeUp, task_id: 'another' })).rejects.toThrow(UnknownTaskError);
  });

  it('tries again when a task cannot be handed on, and lets it be canceled meanwhile', async () => {
    publish = async () => {
      throw new DependencyDownError('SNS is down');
    };
    await expect(handle(wakeUp)).rejects.toThrow('SNS is down');
    await expect(stored()).resolves.toMatchObject({ status: 'scheduled' });

    publish = async event => void handedOn.push(event);
    await expect(handle(wakeUp)).resolves.toMatchObject({ outcome: 'handed_on' });
    expect(handedOn).toHaveLength(1);
  });

  it('does again what died in the middle, once its time is over', async () => {
    const seen = await tasks.read('remind-12345');
    const lease = { owner: 'dead', until: time.getTime() + 15_000 };
    await tasks.write('remind-12345', { ...scheduled, status: 'running', lease }, seen);

    await expect(handle(wakeUp)).rejects.toThrow(/being run by another delivery \(dead\)/);
    time = new Date(lease.until);
    await expect(handle(wakeUp)).resolves.toMatchObject({
      outcome: 'handed_on',
      details: { late_ms: 15_000 },
    });
  });

  it('hands on under the same id again when that it was done could not be recorded', async () => {
    const states = new InMemoryStates<TaskState>();
    await states.write('remind-12345', scheduled, undefined);
    states.beforeWrite = ({ status }) => {
      if (status === 'done') throw new ConflictError('lost');
    };
    let now = new Date(due_at);
    const running = taskRunning({ tasks: states, topic: { publish }, now: () => now });
    await expect(running(wakeUp, delivery(10_000))).rejects.toThrow('lost');

    states.beforeWrite = () => undefined;
    now = new Date(now.getTime() + 10_000);
    await running(wakeUp, delivery());
    expect(handedOn.map(({ task_id }) => task_id)).toEqual(['remind-12345', 'remind-12345']);
  });

  it('fails for the tasks that a demonstration names, and for no others', async () => {
    const topic = failingTopic({ publish }, ['remind-12345']);
    const running = taskRunning({ tasks, topic, now: () => time });
    await tasks.write('remind-2', scheduled, undefined);

    await expect(running(wakeUp, delivery())).rejects.toThrow(DependencyDownError);
    await running({ ...wakeUp, task_id: 'remind-2' }, delivery());
    expect(handedOn.map(({ task_id }) => task_id)).toEqual(['remind-2']);
  });

  it('fails alone in a batch, whatever is wrong with it', async () => {
    const lines = catchLogLines();
    const consumer = queueConsumer({ selection: dueTasks, subjectField: 'task_id', handle });
    const batch = sqsBatch(
      wakeUp,
      'no JSON',
      { ...wakeUp, event_type: 'user_logged_in' },
      { event_type: 'task_due' },
      { ...wakeUp, task_id: 'another' },
    );

    const { batchItemFailures } = await consumer(batch, lambdaContext());
    expect(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier)).toEqual(
      batch.Records.slice(1).map(({ messageId }) => messageId),
    );
    expect(handedOn).toHaveLength(1);
    expect(lines.filter(({ outcome }) => outcome === 'failed').map(({ failure }) => failure)).toEqual(
      Array.from({ length: 4 }, () => 'permanent'),
    );
  });
});
