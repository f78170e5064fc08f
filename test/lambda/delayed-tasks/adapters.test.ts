import { SchedulerClient } from '@aws-sdk/client-scheduler';
import { SQSClient } from '@aws-sdk/client-sqs';
import { SchedulerSchedules } from '../../../lambda/delayed-tasks/scheduler-schedules.ts';
import { NoMessageTimerError, SqsMessageTimer } from '../../../lambda/delayed-tasks/sqs-message-timer.ts';
import { DependencyDownError } from '../../../lambda/shared/failures.ts';
import { type HttpStandIn, httpStandIn, type StandInAnswer } from '../../worker/support/http-stand-in.ts';

let standIn: HttpStandIn;
let answers: StandInAnswer[] = [];
const settings = () => ({
  region: 'eu-west-1',
  endpoint: standIn.url,
  credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  maxAttempts: 1,
});
beforeAll(async () => {
  standIn = await httpStandIn(() => answers.shift() ?? { status: 500 });
});
beforeEach(() => {
  answers = [];
  standIn.requests.length = 0;
});
afterAll(() => standIn.close());

describe('a timer on SQS', () => {
  const send = (delaySeconds?: number) =>
    new SqsMessageTimer(new SQSClient({ ...settings(), md5: false }), `${standIn.url}/1/tasks`).send(
      '{"a":1}',
      delaySeconds,
    );
  const sent = { contentType: 'application/x-amz-json-1.0', body: '{"MessageId":"1"}' };
  const asked = () => JSON.parse(standIn.requests[0]?.body ?? '{}') as Record<string, unknown>;

  it.each([0, 900])('hides a message for %i s', async delay => {
    answers = [sent];
    await send(delay);
    expect(asked()).toMatchObject({ MessageBody: '{"a":1}', DelaySeconds: delay });
  });

  it('leaves a message without a delay of its own to the queue', async () => {
    answers = [sent];
    await send();
    expect(asked()).not.toHaveProperty('DelaySeconds');
  });

  it('is down for a while when SQS is', async () => {
    await expect(send(1)).rejects.toThrow(DependencyDownError);
  });

  it('is none where the queue is FIFO, which is said before anything is sent', () => {
    const timer = () => new SqsMessageTimer(new SQSClient(settings()), `${standIn.url}/1/tasks.fifo`);
    expect(timer).toThrow(NoMessageTimerError);
    expect(timer).toThrow(/tasks\.fifo is a FIFO queue: a message of it cannot have a delay of its own/);
    expect(standIn.requests).toEqual([]);
  });
});

describe('a schedule on EventBridge Scheduler', () => {
  const schedules = () =>
    new SchedulerSchedules({
      scheduler: new SchedulerClient(settings()),
      groupName: 'tasks',
      queueArn: 'arn:aws:sqs:eu-west-1:111111111111:tasks',
      roleArn: 'arn:aws:iam::111111111111:role/tasks',
      deadLetterQueueArn: 'arn:aws:sqs:eu-west-1:111111111111:tasks-dlq',
    });
  const put = () => schedules().put('remind-12345', new Date('2026-11-26T14:31:00.000Z'), '{"a":1}');
  const refusal = (code: string, status: number): StandInAnswer => ({
    status,
    contentType: 'application/json',
    body: JSON.stringify({ __type: code, Message: 'refused' }),
  });
  const made = {
    contentType: 'application/json',
    body: '{"ScheduleArn":"arn:aws:scheduler:eu-west-1:111111111111:schedule/tasks/remind-12345"}',
  };
  const asked = () => standIn.requests.map(({ method, path }) => `${method} ${path}`);

  it('sends one message to the queue when it is due, and is then gone', async () => {
    answers = [made];
    await put();

    expect(asked()).toEqual(['POST /schedules/remind-12345']);
    expect(JSON.parse(standIn.requests[0]?.body ?? '')).toEqual({
      GroupName: 'tasks',
      ClientToken: expect.any(String),
      ScheduleExpression: 'at(2026-11-26T14:31:00)',
      ScheduleExpressionTimezone: 'UTC',
      FlexibleTimeWindow: { Mode: 'OFF' },
      ActionAfterCompletion: 'DELETE',
      Target: {
        Arn: 'arn:aws:sqs:eu-west-1:111111111111:tasks',
        RoleArn: 'arn:aws:iam::111111111111:role/tasks',
        Input: '{"a":1}',
        DeadLetterConfig: { Arn: 'arn:aws:sqs:eu-west-1:111111111111:tasks-dlq' },
        RetryPolicy: { MaximumEventAgeInSeconds: 3_600, MaximumRetryAttempts: 185 },
      },
    });
  });

  it('that is there already is made to say the same', async () => {
    answers = [refusal('ConflictException', 409), made];
    await put();

    expect(asked()).toEqual(['POST /schedules/remind-12345', 'PUT /schedules/remind-12345']);
    const [first, second] = standIn.requests.map(({ body }) => JSON.parse(body) as { ClientToken: string });
    expect({ ...second, ClientToken: '' }).toEqual({ ...first, ClientToken: '' });
  });

  it('that has sent its message in between needs nothing', async () => {
    answers = [refusal('ConflictException', 409), refusal('ResourceNotFoundException', 404)];
    await expect(put()).resolves.toBeUndefined();
  });

  it('is removed, and may be gone already', async () => {
    answers = [{ contentType: 'application/json', body: '{}' }, refusal('ResourceNotFoundException', 404)];
    await schedules().remove('remind-12345');
    await schedules().remove('remind-12345');

    expect(standIn.requests.map(({ method }) => method)).toEqual(['DELETE', 'DELETE']);
    expect(standIn.requests[0]?.path).toMatch(/^\/schedules\/remind-12345\?.*groupName=tasks/);
  });

  it('is down for a while when Scheduler is, or throttles', async () => {
    await expect(put()).rejects.toThrow(DependencyDownError);
    answers = [refusal('ThrottlingException', 429)];
    await expect(put()).rejects.toThrow(/EventBridge Scheduler did not take the request/);
  });

  it('that is refused is no passing matter', async () => {
    for (const code of ['ValidationException', 'AccessDeniedException']) {
      answers = [refusal(code, 400)];
      await expect(put()).rejects.toMatchObject({ name: code });
    }
    answers = [refusal('AccessDeniedException', 403)];
    await expect(schedules().remove('remind-12345')).rejects.toMatchObject({ name: 'AccessDeniedException' });
  });
});
