import {
  CreateScheduleCommand,
  type CreateScheduleCommandInput,
  CreateScheduleGroupCommand,
  DeleteScheduleCommand,
  DeleteScheduleGroupCommand,
  GetScheduleCommand,
  GetScheduleGroupCommand,
  ListScheduleGroupsCommand,
  ListSchedulesCommand,
  SchedulerClient,
  TagResourceCommand,
  UpdateScheduleCommand,
} from '@aws-sdk/client-scheduler';
import { SchedulerSchedules } from '../../../../lambda/delayed-tasks/scheduler-schedules.ts';
import { EndpointUnderTest, eventually, type TestQueue } from '../endpoint-under-test.ts';

const roleArn = 'arn:aws:iam::000000000000:role/schedules';
const inSeconds = (seconds: number) =>
  `at(${new Date(Date.now() + seconds * 1_000).toISOString().slice(0, 19)})`;

describe('EventBridge Scheduler', () => {
  let local: EndpointUnderTest;
  let scheduler: SchedulerClient;
  let queue: TestQueue;
  let dlq: TestQueue;
  let made = 0;

  beforeAll(async () => {
    local = await EndpointUnderTest.start();
    scheduler = new SchedulerClient({
      endpoint: local.endpoint.url,
      region: 'us-east-1',
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
      maxAttempts: 1,
    });
    await scheduler.send(new CreateScheduleGroupCommand({ Name: 'tasks' }));
  });
  beforeEach(async () => {
    made += 1;
    queue = await local.createQueue(`tasks-${made}`);
    dlq = await local.createQueue(`tasks-${made}-undelivered`);
  });
  afterAll(async () => {
    scheduler.destroy();
    await local.stop();
  });

  const schedule = (change: Partial<CreateScheduleCommandInput> = {}): CreateScheduleCommandInput => ({
    Name: `remind-${made}`,
    GroupName: 'tasks',
    ScheduleExpression: inSeconds(3_600),
    FlexibleTimeWindow: { Mode: 'OFF' },
    ActionAfterCompletion: 'DELETE',
    Target: { Arn: queue.arn, RoleArn: roleArn, Input: '{"a":1}', DeadLetterConfig: { Arn: dlq.arn } },
    ...change,
  });
  const create = (change: Partial<CreateScheduleCommandInput> = {}) =>
    scheduler.send(new CreateScheduleCommand(schedule(change)));
  const named = { GroupName: 'tasks' };
  const receiveOne = (from: TestQueue) => eventually(async () => (await local.receive(from))[0]);
  const get = (Name = `remind-${made}`) => scheduler.send(new GetScheduleCommand({ Name, ...named }));

  it('sends what a schedule says when it is due, and deletes it', async () => {
    await create({ ScheduleExpression: inSeconds(2) });
    expect(await local.receive(queue)).toEqual([]);

    const message = await receiveOne(queue);
    expect(message.Body).toBe('{"a":1}');
    await expect(get()).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  });

  it('keeps a schedule that nobody told it to delete', async () => {
    await create({ ScheduleExpression: inSeconds(2), ActionAfterCompletion: 'NONE' });

    await receiveOne(queue);
    await expect(get()).resolves.toMatchObject({ Name: `remind-${made}`, State: 'ENABLED' });
  });

  it('sends nothing of a schedule that was deleted, with its group or alone, or is disabled', async () => {
    await scheduler.send(new CreateScheduleGroupCommand({ Name: `group-${made}` }));
    const due = { ScheduleExpression: inSeconds(3) };
    await create({ ...due, Name: 'deleted' });
    await create({ ...due, Name: 'grouped', GroupName: `group-${made}` });
    await create({ ...due, Name: 'disabled', State: 'DISABLED' });
    await create({ ...due, Name: `last-${made}` });
    await scheduler.send(new DeleteScheduleCommand({ Name: 'deleted', ...named }));
    await scheduler.send(new DeleteScheduleGroupCommand({ Name: `group-${made}` }));

    await receiveOne(queue);
    expect(await local.receive(queue)).toEqual([]);
    await expect(get('grouped')).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
    await scheduler.send(new DeleteScheduleCommand({ Name: 'disabled', ...named }));
  });

  it('puts a schedule off, or forward', async () => {
    await create();
    await scheduler.send(new UpdateScheduleCommand(schedule({ ScheduleExpression: inSeconds(2) })));

    expect((await receiveOne(queue)).Body).toBe('{"a":1}');
  });

  it('has a queue delay what a schedule sends as it delays everything', async () => {
    const delaying = await local.createQueue(`delaying-${made}`, { DelaySeconds: '900' });
    const target = { RoleArn: roleArn, Input: 'late' };
    await create({
      Name: `late-${made}`,
      ScheduleExpression: inSeconds(2),
      Target: { ...target, Arn: delaying.arn },
    });
    await create({ ScheduleExpression: inSeconds(2) });

    await receiveOne(queue);
    expect(local.endpoint.store.queues.getQueueByArn(delaying.arn)?.inspectMessages().delayed).toHaveLength(
      1,
    );
  });

  it('puts what it cannot send into the DLQ, with the reason', async () => {
    await create({
      ScheduleExpression: inSeconds(2),
      Target: {
        Arn: `${queue.arn}-gone`,
        RoleArn: roleArn,
        Input: 'lost',
        DeadLetterConfig: { Arn: dlq.arn },
      },
    });

    expect(await receiveOne(dlq)).toMatchObject({
      Body: 'lost',
      MessageAttributes: {
        ERROR_CODE: { StringValue: 'AWS.SimpleQueueService.NonExistentQueue' },
        TARGET_ARN: { StringValue: `${queue.arn}-gone` },
      },
    });
  });

  it('tells of schedules and groups', async () => {
    await create({ Name: 'tell-1', Description: 'A reminder' });
    await create({ Name: 'tell-2' });

    await expect(get('tell-1')).resolves.toMatchObject({
      Arn: 'arn:aws:scheduler:us-east-1:000000000000:schedule/tasks/tell-1',
      GroupName: 'tasks',
      Description: 'A reminder',
      ScheduleExpressionTimezone: 'UTC',
      CreationDate: expect.any(Date),
      Target: { Arn: queue.arn, Input: '{"a":1}' },
    });
    const { Schedules = [] } = await scheduler.send(
      new ListSchedulesCommand({ GroupName: 'tasks', NamePrefix: 'tell-', State: 'ENABLED' }),
    );
    expect(Schedules.map(({ Name }) => Name)).toEqual(['tell-1', 'tell-2']);
    const { ScheduleGroups = [] } = await scheduler.send(new ListScheduleGroupsCommand());
    expect(ScheduleGroups.map(({ Name }) => Name)).toEqual(expect.arrayContaining(['default', 'tasks']));
    await expect(scheduler.send(new GetScheduleGroupCommand({ Name: 'tasks' }))).resolves.toMatchObject({
      Arn: 'arn:aws:scheduler:us-east-1:000000000000:schedule-group/tasks',
      State: 'ACTIVE',
    });
  });

  it('makes the same schedule once, and no other of its name', async () => {
    const first = await create({ ClientToken: 'token-1' });
    await expect(create({ ClientToken: 'token-1' })).resolves.toMatchObject({
      ScheduleArn: first.ScheduleArn,
    });
    await expect(create()).rejects.toMatchObject({
      name: 'ConflictException',
      $metadata: { httpStatusCode: 409 },
    });
    await expect(scheduler.send(new CreateScheduleGroupCommand({ Name: 'tasks' }))).rejects.toMatchObject({
      name: 'ConflictException',
    });
  });

  it.each<[string, Partial<CreateScheduleCommandInput>]>([
    ['has passed', { ScheduleExpression: 'at(2020-01-01T00:00:00)' }],
    ['is no expression', { ScheduleExpression: 'at(tomorrow)' }],
    ['repeats', { ScheduleExpression: 'rate(5 minutes)' }],
    ['names no zone that there is', { ScheduleExpressionTimezone: 'Middle/Earth' }],
    ['has a name that is none', { Name: 'a name' }],
    [
      'sends to no queue',
      { Target: { Arn: 'arn:aws:lambda:us-east-1:000000000000:function:f', RoleArn: roleArn } },
    ],
    [
      'has a FIFO queue as its DLQ',
      {
        Target: {
          Arn: 'arn:aws:sqs:us-east-1:000000000000:q',
          RoleArn: roleArn,
          DeadLetterConfig: { Arn: 'arn:aws:sqs:us-east-1:000000000000:q.fifo' },
        },
      },
    ],
    [
      'tries for longer than a day',
      {
        Target: {
          Arn: 'arn:aws:sqs:us-east-1:000000000000:q',
          RoleArn: roleArn,
          RetryPolicy: { MaximumEventAgeInSeconds: 86_401 },
        },
      },
    ],
  ])('refuses a schedule that %s', async (_, change) => {
    await expect(create(change)).rejects.toMatchObject({
      name: 'ValidationException',
      $metadata: { httpStatusCode: 400 },
    });
  });

  it.each([
    ['a schedule', () => new GetScheduleCommand({ Name: 'nobody', ...named })],
    ['a schedule to delete', () => new DeleteScheduleCommand({ Name: 'nobody', ...named })],
    ['a schedule to change', () => new UpdateScheduleCommand(schedule({ Name: 'nobody' }))],
    ['the group of a schedule', () => new CreateScheduleCommand(schedule({ GroupName: 'nobody' }))],
    ['a group', () => new GetScheduleGroupCommand({ Name: 'nobody' })],
  ])('does not find %s that is not there', async (_, command) => {
    await expect(scheduler.send(command() as GetScheduleCommand)).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
      $metadata: { httpStatusCode: 404 },
    });
  });

  it('keeps regions apart, and says what it does not run', async () => {
    await create();
    const elsewhere = new SchedulerClient({
      endpoint: local.endpoint.url,
      region: 'eu-west-1',
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
      maxAttempts: 1,
    });
    await expect(
      elsewhere.send(new GetScheduleCommand({ Name: `remind-${made}`, ...named })),
    ).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    });
    elsewhere.destroy();
    const tag = new TagResourceCommand({ ResourceArn: 'arn', Tags: [{ Key: 'a', Value: 'b' }] });
    await expect(scheduler.send(tag)).rejects.toMatchObject({ name: 'UnknownOperationException' });
  });

  it('is what the adapter of the functions expects', async () => {
    const schedules = new SchedulerSchedules({
      scheduler,
      groupName: 'tasks',
      queueArn: queue.arn,
      roleArn,
      deadLetterQueueArn: dlq.arn,
    });
    const name = `adapter-${made}`;
    const at = new Date(Date.now() + 3_600_000);
    await schedules.put(name, at, 'first');
    await schedules.put(name, at, 'again');
    await expect(get(name)).resolves.toMatchObject({ Target: { Input: 'again' } });
    await schedules.remove(name);
    await schedules.remove(name);
    await expect(get(name)).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  });
});
