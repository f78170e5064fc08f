import type { SFNClient } from '@aws-sdk/client-sfn';
import { SfnTasks } from '../../../lambda/order-workflow/sfn-tasks.ts';
import { SfnWorkflows } from '../../../lambda/order-workflow/sfn-workflows.ts';
import { DependencyDownError } from '../../../lambda/shared/failures.ts';
import { orderPlaced } from '../../support/order-events.ts';

const stateMachineArn = 'arn:aws:states:eu-west-1:111111111111:stateMachine:Orders-1';

/** A client that keeps the commands that it is given, and answers as it is told. */
function clientThat(answer: (name: string) => unknown) {
  const sent: { readonly name: string; readonly input: unknown }[] = [];
  const send = async ({
    constructor: { name },
    input,
  }: {
    constructor: { name: string };
    input: unknown;
  }) => {
    sent.push({ name, input });
    return answer(name);
  };
  return { sent, sfn: { send } as unknown as SFNClient };
}

const error = (name: string, fields: object = {}) => Object.assign(new Error(name), { name, ...fields });
const thrower =
  (name: string, fields: object = {}) =>
  () => {
    throw error(name, fields);
  };

describe('SfnTasks', () => {
  it('answers by the token', async () => {
    const { sent, sfn } = clientThat(() => ({}));
    const tasks = new SfnTasks(sfn);

    await expect(tasks.heartbeat('token')).resolves.toBe('heard');
    await expect(tasks.succeed('token', { status: 'charged' })).resolves.toBe('heard');
    await expect(tasks.fail('token', 'PaymentDeclined', 'No funds'.padEnd(40_000))).resolves.toBe('heard');
    expect(sent).toEqual([
      { name: 'SendTaskHeartbeatCommand', input: { taskToken: 'token' } },
      { name: 'SendTaskSuccessCommand', input: { taskToken: 'token', output: '{"status":"charged"}' } },
      {
        name: 'SendTaskFailureCommand',
        input: {
          taskToken: 'token',
          error: 'PaymentDeclined',
          cause: expect.stringMatching(/^No funds {32760}$/),
        },
      },
    ]);
  });

  it.each(['TaskTimedOut', 'TaskDoesNotExist', 'InvalidToken'])('takes %s as settled', async name => {
    const tasks = new SfnTasks(clientThat(thrower(name)).sfn);

    await expect(tasks.heartbeat('token')).resolves.toBe('settled');
    await expect(tasks.succeed('token', {})).resolves.toBe('settled');
    await expect(tasks.fail('token', 'E', 'c')).resolves.toBe('settled');
  });

  it('tells Step Functions that is down from a permission that is missing', async () => {
    await expect(new SfnTasks(clientThat(thrower('ThrottlingException')).sfn).heartbeat('t')).rejects.toThrow(
      DependencyDownError,
    );
    await expect(
      new SfnTasks(clientThat(thrower('AccessDeniedException')).sfn).heartbeat('t'),
    ).rejects.toMatchObject({ name: 'AccessDeniedException' });
  });
});

describe('SfnWorkflows', () => {
  it("starts an execution under the order's id", async () => {
    const { sent, sfn } = clientThat(() => ({}));

    await expect(new SfnWorkflows({ sfn, stateMachineArn }).start(orderPlaced())).resolves.toBeUndefined();
    expect(sent).toEqual([
      {
        name: 'StartExecutionCommand',
        input: { stateMachineArn, name: '12345', input: JSON.stringify({ order: orderPlaced() }) },
      },
    ]);
  });

  it('looks at what was started under that name before', async () => {
    const before = orderPlaced({ customer: 'Jane Doe' });
    const { sent, sfn } = clientThat(name => {
      if (name === 'StartExecutionCommand') throw error('ExecutionAlreadyExists');
      return { input: JSON.stringify({ order: before }) };
    });

    await expect(new SfnWorkflows({ sfn, stateMachineArn }).start(orderPlaced())).resolves.toEqual(before);
    expect(sent[1]?.input).toEqual({
      executionArn: 'arn:aws:states:eu-west-1:111111111111:execution:Orders-1:12345',
    });
  });

  it('has whoever posted it come again when that is not shown yet', async () => {
    const { sfn } = clientThat(name => {
      throw error(name === 'StartExecutionCommand' ? 'ExecutionAlreadyExists' : 'ExecutionDoesNotExist');
    });

    await expect(new SfnWorkflows({ sfn, stateMachineArn }).start(orderPlaced())).rejects.toThrow(
      DependencyDownError,
    );
  });

  it('never gives Step Functions a card token that can be read', async () => {
    const { sent, sfn } = clientThat(() => ({}));
    const order = { ...orderPlaced(), card_token: 'card_7hQ2mZ0xVt' } as never;

    await expect(new SfnWorkflows({ sfn, stateMachineArn }).start(order)).rejects.toThrow(TypeError);
    expect(sent).toEqual([]);
  });

  it('tells when Step Functions is down', async () => {
    const { sfn } = clientThat(thrower('Anything', { $fault: 'server' }));

    await expect(new SfnWorkflows({ sfn, stateMachineArn }).start(orderPlaced())).rejects.toThrow(
      DependencyDownError,
    );
  });
});
