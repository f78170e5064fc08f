import { setImmediate as nextTurn } from 'node:timers/promises';
import {
  DescribeExecutionCommand,
  SendTaskSuccessCommand,
  SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import { CreateQueueCommand } from '@aws-sdk/client-sqs';
import type {
  MachineDefinition,
  StateDefinition,
} from '../../../../local/emulators/step-functions/definition.ts';
import type { WorkflowServices } from '../../../../local/emulators/step-functions/service-tasks.ts';
import { StepFunctions } from '../../../../local/emulators/step-functions/step-functions.ts';
import type { InvocationResult } from '../../../../local/functions/invocation.ts';
import { EndpointUnderTest, eventually } from '../endpoint-under-test.ts';

const stateMachineArn = 'arn:aws:states:us-east-1:000000000000:stateMachine:orders';
const invocation = { requestId: '1', durationMs: 1 };

interface Described {
  readonly status: string;
  readonly output?: string;
  readonly error?: string;
  readonly cause?: string;
}

/** Step Functions whose states send into a list, and invoke what the test says. */
class Workflows {
  readonly stepFunctions = new StepFunctions();
  /** Bodies of the messages that states sent. */
  readonly sent: string[] = [];
  answer: (event: unknown) => InvocationResult = event => ({
    ...invocation,
    outcome: 'success',
    payload: JSON.stringify({ did: event }),
  });
  sending: () => void = () => undefined;

  constructor() {
    const send = async ({ input }: { readonly input: { readonly MessageBody: string } }) => {
      this.sending();
      this.sent.push(input.MessageBody);
      return { MessageId: 'id', MD5OfMessageBody: 'md5' };
    };
    this.stepFunctions.services = {
      functionNames: () => ['stock'],
      invoke: async (_name, event) => this.answer(event),
      sqs: () => ({ send }) as never,
    } satisfies WorkflowServices;
  }

  async declare(definition: Partial<MachineDefinition> & Pick<MachineDefinition, 'States'>): Promise<void> {
    const [StartAt = ''] = Object.keys(definition.States);
    const machine = { arn: stateMachineArn, name: 'orders', region: 'us-east-1', roleArn: 'role' };
    await this.stepFunctions.add({ ...machine, definition: { StartAt, ...definition } });
  }

  async call(action: string, parameters: object): Promise<object> {
    const answer = this.stepFunctions.actions.get(`AWSStepFunctions.${action}`);
    const request = { action, parameters: { ...parameters }, region: 'us-east-1', isGone: () => false };
    return (await answer?.(request)) as object;
  }

  async start(input: object = { order: 1 }, name = 'order-1'): Promise<string> {
    const started = await this.call('StartExecution', {
      stateMachineArn,
      name,
      input: JSON.stringify(input),
    });
    return (started as { executionArn: string }).executionArn;
  }

  async describe(executionArn: string): Promise<Described> {
    return (await this.call('DescribeExecution', { executionArn })) as Described;
  }

  async ended(executionArn: string): Promise<Described> {
    return eventually(async () => {
      const described = await this.describe(executionArn);
      return described.status !== 'RUNNING' && described;
    });
  }

  async token(): Promise<string> {
    const body = await eventually(async () => this.sent.at(-1));
    return (JSON.parse(body) as { token: string }).token;
  }
}

const waiting = (limits: Partial<StateDefinition> & Readonly<Record<string, unknown>> = {}) => ({
  Type: 'Task',
  Resource: 'arn:aws:states:::sqs:sendMessage.waitForTaskToken',
  Parameters: { QueueUrl: 'queue', MessageBody: { 'token.$': '$$.Task.Token', 'order.$': '$.order' } },
  TimeoutSeconds: 60,
  End: true,
  ...limits,
});
const invoking = (more: Readonly<Record<string, unknown>> = {}) => ({
  Type: 'Task',
  Resource: 'arn:aws:states:::lambda:invoke',
  Parameters: { FunctionName: 'arn:aws:lambda:us-east-1:000000000000:function:stock', 'Payload.$': '$' },
  End: true,
  ...more,
});
const failing = (errorType: string): InvocationResult => ({
  ...invocation,
  outcome: 'error',
  error: { errorType, errorMessage: 'down', trace: [] },
});

describe('workflows', () => {
  let workflows: Workflows;

  beforeEach(() => {
    workflows = new Workflows();
  });
  afterEach(() => workflows.stepFunctions.stop());

  it('start once for a name: asked the same again, the answer is the same while it runs', async () => {
    await workflows.declare({ States: { Wait: waiting() } });
    const executionArn = await workflows.start({ order: 1 });

    expect(executionArn).toBe('arn:aws:states:us-east-1:000000000000:execution:orders:order-1');
    await expect(workflows.start({ order: 1 })).resolves.toBe(executionArn);
    await expect(workflows.start({ order: 2 })).rejects.toMatchObject({ code: 'ExecutionAlreadyExists' });
    await workflows.call('SendTaskSuccess', { taskToken: await workflows.token(), output: '1' });
    await workflows.ended(executionArn);
    await expect(workflows.start({ order: 1 })).rejects.toMatchObject({ code: 'ExecutionAlreadyExists' });
    expect(workflows.sent).toHaveLength(1);
  });

  it.each([
    ['StateMachineDoesNotExist', { stateMachineArn: 'other' }],
    ['InvalidName', { stateMachineArn, name: 'a/b' }],
    ['InvalidName', { stateMachineArn, name: '' }],
    ['InvalidExecutionInput', { stateMachineArn, input: '{' }],
    ['InvalidExecutionInput', { stateMachineArn, input: JSON.stringify('x'.repeat(262_144)) }],
  ])('are not started otherwise: %s', async (code, parameters) => {
    await workflows.declare({ States: { Wait: waiting() } });
    await expect(workflows.call('StartExecution', parameters)).rejects.toMatchObject({ code });
  });

  it('wait until somebody answers under the token that they sent', async () => {
    await workflows.declare({ States: { Wait: waiting() } });
    const executionArn = await workflows.start({ order: { id: 7 } });
    const taskToken = await workflows.token();
    expect(workflows.sent).toEqual([JSON.stringify({ token: taskToken, order: { id: 7 } })]);
    await expect(workflows.describe(executionArn)).resolves.toMatchObject({ status: 'RUNNING' });

    await workflows.call('SendTaskSuccess', { taskToken, output: '{"paid":true}' });

    await expect(workflows.ended(executionArn)).resolves.toMatchObject({
      status: 'SUCCEEDED',
      output: '{"paid":true}',
    });
    await expect(workflows.call('SendTaskHeartbeat', { taskToken })).rejects.toMatchObject({
      code: 'TaskTimedOut',
    });
    await expect(workflows.call('SendTaskSuccess', { taskToken: 'x', output: '1' })).rejects.toMatchObject({
      code: 'InvalidToken',
    });
  });

  it('fail with what somebody fails their task with', async () => {
    await workflows.declare({ States: { Wait: waiting() } });
    const executionArn = await workflows.start();
    const taskToken = await workflows.token();
    await workflows.call('SendTaskFailure', { taskToken, error: 'Declined', cause: 'No funds' });
    await expect(workflows.ended(executionArn)).resolves.toMatchObject({
      status: 'FAILED',
      error: 'Declined',
      cause: 'No funds',
    });
  });

  it('do not wait for an answer that is no JSON', async () => {
    await workflows.declare({ States: { Wait: waiting() } });
    const executionArn = await workflows.start();
    const taskToken = await workflows.token();
    await expect(workflows.call('SendTaskSuccess', { taskToken, output: 'paid' })).rejects.toMatchObject({
      code: 'InvalidOutput',
    });
    await expect(workflows.describe(executionArn)).resolves.toMatchObject({ status: 'RUNNING' });
  });

  it('fail when a heartbeat is missing, and not while they come', async () => {
    await workflows.declare({ States: { Wait: waiting({ HeartbeatSeconds: 0.2 }) } });
    const executionArn = await workflows.start();
    const taskToken = await workflows.token();
    for (const end = performance.now() + 400; performance.now() < end; ) {
      await workflows.call('SendTaskHeartbeat', { taskToken });
      await nextTurn();
    }
    await expect(workflows.describe(executionArn)).resolves.toMatchObject({ status: 'RUNNING' });
    await expect(workflows.ended(executionArn)).resolves.toMatchObject({ error: 'States.HeartbeatTimeout' });
  });

  it('fail when time is up, which is no failed task, and hear no answer after', async () => {
    const Retry = [{ ErrorEquals: ['States.TaskFailed'], IntervalSeconds: 0.001, MaxAttempts: 3 }];
    await workflows.declare({ States: { Wait: waiting({ TimeoutSeconds: 0.05, Retry } as never) } });
    const executionArn = await workflows.start();
    await expect(workflows.ended(executionArn)).resolves.toMatchObject({ error: 'States.Timeout' });
    expect(workflows.sent).toHaveLength(1);
    const taskToken = await workflows.token();
    await expect(workflows.call('SendTaskSuccess', { taskToken, output: '1' })).rejects.toMatchObject({
      code: 'TaskTimedOut',
    });
  });

  it('try again what could not be sent, under another token', async () => {
    let failures = 1;
    workflows.sending = () => {
      if (failures-- > 0) throw Object.assign(new Error('gone'), { name: 'QueueDoesNotExist' });
    };
    const Retry = [{ ErrorEquals: ['SQS.QueueDoesNotExistException'], IntervalSeconds: 0.001 }];
    await workflows.declare({ States: { Wait: waiting({ Retry } as never) } });
    const executionArn = await workflows.start();
    await workflows.call('SendTaskSuccess', { taskToken: await workflows.token(), output: '1' });
    await expect(workflows.ended(executionArn)).resolves.toMatchObject({ status: 'SUCCEEDED' });
  });

  it('invoke functions, and go on with what these answer', async () => {
    await workflows.declare({ States: { Ask: invoking({ OutputPath: '$.Payload' }) } });
    const executionArn = await workflows.start({ order: 1 });
    await expect(workflows.ended(executionArn)).resolves.toMatchObject({ output: '{"did":{"order":1}}' });
  });

  it('know failed functions by the names of their errors', async () => {
    const Catch = [{ ErrorEquals: ['DependencyDownError'], Next: 'Caught' }];
    const Caught = { Type: 'Pass', End: true };
    await workflows.declare({ States: { Ask: invoking({ Catch }), Caught } });

    workflows.answer = () => failing('DependencyDownError');
    const { output = '' } = await workflows.ended(await workflows.start({ order: 1 }, 'caught'));
    const { Error: error, Cause: cause } = JSON.parse(output) as { Error: string; Cause: string };
    expect(error).toBe('DependencyDownError');
    expect(JSON.parse(cause)).toMatchObject({ errorMessage: 'down' });

    workflows.answer = () => failing('Sandbox.Timedout');
    await expect(workflows.ended(await workflows.start({ order: 1 }, 'thrown'))).resolves.toMatchObject({
      status: 'FAILED',
      error: 'Sandbox.Timedout',
    });
    workflows.answer = () => ({ ...failing('Throttled'), outcome: 'throttled' }) as InvocationResult;
    await expect(workflows.ended(await workflows.start({ order: 1 }, 'throttled'))).resolves.toMatchObject({
      error: 'Lambda.TooManyRequestsException',
    });
  });

  it('fail where they ask for what does not run here, and say so', async () => {
    await workflows.declare({
      States: {
        Unknown: invoking({ Parameters: { FunctionName: 'other' } }),
      },
    });
    await expect(workflows.ended(await workflows.start())).resolves.toMatchObject({
      error: 'Lambda.ResourceNotFoundException',
    });
    await workflows.declare({ States: { Publish: invoking({ Resource: 'arn:aws:states:::sns:publish' }) } });
    const { error, cause } = await workflows.ended(await workflows.start({ order: 1 }, 'order-2'));
    expect(error).toBe('States.Runtime');
    expect(cause).toContain("does not run arn:aws:states:::sns:publish, which the state 'Publish' asks for");
  });

  it('are stopped where they are: by somebody, or when their time is up', async () => {
    await workflows.declare({ States: { Wait: waiting() } });
    const stopped = await workflows.start({ order: 1 }, 'stopped');
    const taskToken = await workflows.token();
    await workflows.call('StopExecution', { executionArn: stopped });
    await expect(workflows.describe(stopped)).resolves.toMatchObject({ status: 'ABORTED' });
    await expect(workflows.call('SendTaskHeartbeat', { taskToken })).rejects.toMatchObject({
      code: 'TaskTimedOut',
    });

    await workflows.declare({ TimeoutSeconds: 0.05, States: { Wait: waiting() } });
    const late = await workflows.start({ order: 1 }, 'late');
    await expect(workflows.ended(late)).resolves.toMatchObject({ status: 'TIMED_OUT' });
    const [told] = [JSON.parse(workflows.sent.at(-1) ?? '') as { token: string }];
    await expect(workflows.call('SendTaskHeartbeat', { taskToken: told.token })).rejects.toMatchObject({
      code: 'TaskTimedOut',
    });
  });

  it('are told of as they start and end', async () => {
    const told: string[] = [];
    workflows.stepFunctions.onExecution = ({ name, status }) => told.push(`${name} ${status}`);
    await workflows.declare({ States: { Ask: invoking() } });
    await workflows.ended(await workflows.start());
    expect(told).toEqual(['order-1 RUNNING', 'order-1 SUCCEEDED']);
  });
});

it('speaks the protocol of the SDK, and sends to the queues of the endpoint', async () => {
  const under = await EndpointUnderTest.start();
  const sfn = new SFNClient({
    endpoint: under.endpoint.url,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1,
  });
  try {
    const { QueueUrl } = await under.sqs.send(new CreateQueueCommand({ QueueName: 'tasks' }));
    const { stepFunctions } = under.endpoint;
    stepFunctions.services = {
      functionNames: () => [],
      invoke: () => Promise.reject(new Error('nothing to invoke')),
      sqs: () => under.sqs,
    };
    const MessageBody = { 'token.$': '$$.Task.Token', 'execution.$': '$$.Execution.Name' };
    await stepFunctions.add({
      arn: stateMachineArn,
      name: 'orders',
      region: 'us-east-1',
      roleArn: 'role',
      definition: {
        StartAt: 'Wait',
        States: { Wait: waiting({ Parameters: { QueueUrl, MessageBody } }) as StateDefinition },
      },
    });
    const { executionArn, startDate } = await sfn.send(
      new StartExecutionCommand({ stateMachineArn, name: 'order-1' }),
    );
    expect(startDate?.getFullYear()).toBe(new Date().getFullYear());

    const [message] = await eventually(async () => {
      const messages = await under.receive({ url: QueueUrl ?? '', arn: '' });
      return messages.length > 0 && messages;
    });
    const { token, execution } = JSON.parse(message?.Body ?? '') as { token: string; execution: string };
    expect(execution).toBe('order-1');
    await sfn.send(new SendTaskSuccessCommand({ taskToken: token, output: '"done"' }));
    const described = await eventually(async () => {
      const found = await sfn.send(new DescribeExecutionCommand({ executionArn }));
      return found.status === 'SUCCEEDED' && found;
    });
    expect(described).toMatchObject({ name: 'order-1', input: '{}', output: '"done"' });
    await expect(
      sfn.send(new SendTaskSuccessCommand({ taskToken: token, output: '1' })),
    ).rejects.toMatchObject({ name: 'TaskTimedOut' });
    await expect(
      sfn.send(new DescribeExecutionCommand({ executionArn: `${executionArn}-other` })),
    ).rejects.toMatchObject({ name: 'ExecutionDoesNotExist' });
  } finally {
    await under.endpoint.stepFunctions.stop();
    sfn.destroy();
    await under.stop();
  }
});
