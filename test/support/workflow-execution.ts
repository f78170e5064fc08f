import { StateMachine, type StateMachineDefinition } from 'aws-local-stepfunctions';
import type { Hearing, WorkflowTasks } from '../../lambda/order-workflow/workflow-tasks.ts';
import type { StatedDefinition } from './workflow-definition.ts';

type Json = Parameters<StateMachine['run']>[0];

/** What the states of a definition do, by their names. */
export type StateActions = Readonly<Record<string, (parameters: never) => Promise<unknown>>>;

/** How an execution ended. */
export type ExecutionEnd =
  | { readonly status: 'SUCCEEDED'; readonly output: unknown }
  | { readonly status: 'FAILED'; readonly error: string; readonly cause: string };

interface WaitingTask {
  readonly succeed: (answer: unknown) => void;
  readonly fail: (error: Error) => void;
  readonly beat: () => void;
}

/** A second of a state that waits is so many milliseconds here: five minutes without a heartbeat are 150. */
const millisecondsASecond = 0.5;

/**
 * Executes a definition in an interpreter of the Amazon States Language. Retries come at once; a state that waits
 * for a task token is stood in for, heartbeats included, which the interpreter does not know.
 */
export class WorkflowExecution implements WorkflowTasks {
  /** Names of the states that were entered, in their order. */
  readonly entered: string[] = [];
  readonly #definition: StatedDefinition;
  readonly #waiting = new Map<string, WaitingTask>();
  #tokens = 0;

  constructor(definition: StatedDefinition) {
    this.#definition = definition;
  }

  async run(input: object, actions: StateActions): Promise<ExecutionEnd> {
    const { TimeoutSeconds: _, ...definition } = scaled(this.#definition);
    const machine = new StateMachine(definition as StateMachineDefinition, {
      validationOptions: { noValidate: true },
    });
    const names = Object.keys(definition.States);
    const handlers = Object.entries(actions).map(([name, act]) => [name, this.#handlerOf(name, act)]);
    const nextToken = () => `token-${++this.#tokens}`;
    const { result, eventLogs } = machine.run(input as Json, {
      context: {
        Task: {
          get Token() {
            return nextToken();
          },
        },
      },
      overrides: {
        taskResourceLocalHandlers: Object.fromEntries(handlers),
        retryIntervalOverrides: Object.fromEntries(names.map(name => [name, 0])),
      },
    });
    const outcome = result.then(
      output => ({ status: 'SUCCEEDED' as const, output }),
      () => undefined,
    );
    let end: ExecutionEnd | undefined;
    for await (const event of eventLogs) {
      if (event.type === 'StateEntered') this.entered.push(event.state.name);
      if (event.type === 'ExecutionFailed') {
        end = { status: 'FAILED', error: event.Error, cause: String(event.Cause) };
      }
    }
    const ended = (await outcome) ?? end;
    if (ended === undefined) throw new Error('The execution ended without telling how');
    return ended;
  }

  async heartbeat(token: string): Promise<Hearing> {
    this.#waiting.get(token)?.beat();
    return this.#waiting.has(token) ? 'heard' : 'settled';
  }

  async succeed(token: string, answer: object): Promise<Hearing> {
    return this.#settle(token, ({ succeed }) => succeed(answer));
  }

  async fail(token: string, error: string, cause: string): Promise<Hearing> {
    return this.#settle(token, ({ fail }) => fail(named(error, cause)));
  }

  #settle(token: string, settle: (task: WaitingTask) => void): Hearing {
    const task = this.#waiting.get(token);
    if (task === undefined) return 'settled';
    settle(task);
    return 'heard';
  }

  #handlerOf(name: string, act: (parameters: never) => Promise<unknown>) {
    const { Resource = '', HeartbeatSeconds } = scaled(this.#definition).States[name] ?? {};
    if (!Resource.endsWith('.waitForTaskToken')) return act;
    return async (parameters: { readonly MessageBody: { readonly task_token: string } }) => {
      const token = parameters.MessageBody.task_token;
      const answer = this.#answerTo(token, (HeartbeatSeconds ?? 0) * 1_000);
      // A message that cannot be sent fails the state, and nobody waits.
      await act(parameters as never).catch(error => this.#waiting.get(token)?.fail(error as Error));
      return answer;
    };
  }

  #answerTo(token: string, heartbeatMs: number): Promise<unknown> {
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    const lost = () => reject(named('States.HeartbeatTimeout', ''));
    let timer = setTimeout(lost, heartbeatMs);
    this.#waiting.set(token, {
      succeed: resolve,
      fail: reject,
      beat: () => {
        clearTimeout(timer);
        timer = setTimeout(lost, heartbeatMs);
      },
    });
    return promise.finally(() => {
      clearTimeout(timer);
      this.#waiting.delete(token);
    });
  }
}

/** The definition with the times of the states that wait scaled, and those of functions as they are. */
function scaled(definition: StatedDefinition): StatedDefinition {
  const States = Object.entries(definition.States).map(([name, state]) => {
    const { HeartbeatSeconds, TimeoutSeconds = 0 } = state;
    if (HeartbeatSeconds === undefined) return [name, state];
    const shorter = (seconds: number) => (seconds * millisecondsASecond) / 1_000;
    return [
      name,
      { ...state, HeartbeatSeconds: shorter(HeartbeatSeconds), TimeoutSeconds: shorter(TimeoutSeconds) },
    ];
  });
  return { ...definition, States: Object.fromEntries(States) };
}

function named(name: string, message: string): Error {
  return Object.assign(new Error(message), { name });
}
