import { StateMachine, type StateMachineDefinition } from 'aws-local-stepfunctions';
import { type MachineDefinition, type StateDefinition, tasksIn, waitsForToken } from './definition.ts';
import type { WaitingTasks } from './waiting-tasks.ts';

/** What a state asks of a service. */
export interface TaskCall {
  readonly state: string;
  readonly resource: string;
  readonly parameters: object;
}

/** How an execution ended. */
export type ExecutionEnd =
  | { readonly status: 'SUCCEEDED'; readonly output: unknown }
  | { readonly status: 'FAILED'; readonly error: string; readonly cause: string }
  | { readonly status: 'TIMED_OUT' | 'ABORTED' };

export interface ExecutionOptions {
  readonly definition: MachineDefinition;
  readonly input: unknown;
  /** What `$$` gives, without the task and what the interpreter adds of the execution. */
  readonly context?: Readonly<Record<string, object>>;
  readonly tasks: WaitingTasks;
  /** Does what a state asks; the error that it throws has the name that the definition knows it by. */
  readonly perform: (call: TaskCall) => Promise<unknown>;
  /** @param state name of a state that was entered */
  readonly onEntered?: (state: string) => void;
}

type Run = ReturnType<StateMachine['run']>;
type Json = Parameters<StateMachine['run']>[0];

/**
 * One execution of a definition, by an interpreter of the Amazon States Language. Task tokens and heartbeats, which
 * the interpreter does not know, are added to it.
 */
export class Execution {
  readonly ended: Promise<ExecutionEnd>;
  readonly #options: ExecutionOptions;
  readonly #run: Run;
  /** Of which the states have parameters made. */
  readonly #tokens = new Set<string>();

  constructor(options: ExecutionOptions) {
    this.#options = options;
    const { definition, input, context = {} } = options;
    const machine = new StateMachine(definition as StateMachineDefinition, {
      // Times that are shortened are none that the language allows.
      validationOptions: { noValidate: true },
    });
    const handlers = tasksIn(definition).map(([name, state]) => [name, this.#handlerOf(name, state)]);
    const newToken = () => this.#newToken();
    this.#run = machine.run(input as Json, {
      context: {
        ...context,
        Task: {
          get Token() {
            return newToken();
          },
        },
      },
      noThrowOnAbort: true,
      overrides: { taskResourceLocalHandlers: Object.fromEntries(handlers) },
    });
    this.ended = this.#follow();
  }

  /** Ends it where it is. What it waited for can be answered no more. */
  abort(): void {
    this.#run.abort();
    for (const token of this.#tokens) this.#options.tasks.abandon(token);
  }

  async #follow(): Promise<ExecutionEnd> {
    // How it failed is told by the last event, in the words of the language.
    const result = this.#run.result.catch(() => undefined);
    let end: ExecutionEnd = { status: 'ABORTED' };
    for await (const event of this.#run.eventLogs) {
      if (event.type === 'StateEntered') this.#options.onEntered?.(event.state.name);
      if (event.type === 'ExecutionSucceeded') end = { status: 'SUCCEEDED', output: event.output };
      if (event.type === 'ExecutionTimeout') end = { status: 'TIMED_OUT' };
      if (event.type === 'ExecutionFailed') {
        end = { status: 'FAILED', error: event.Error, cause: String(event.Cause) };
      }
    }
    await result;
    for (const token of this.#tokens) this.#options.tasks.abandon(token);
    return end;
  }

  #newToken(): string {
    const token = this.#options.tasks.newToken();
    this.#tokens.add(token);
    return token;
  }

  #handlerOf(name: string, state: StateDefinition): (parameters: Json) => Promise<Json> {
    const { Resource: resource = '', TimeoutSeconds = 0, HeartbeatSeconds } = state;
    const { tasks, perform } = this.#options;
    return async parameters => {
      const call = { state: name, resource, parameters: parameters as object };
      if (!waitsForToken(state)) return (await perform(call)) as Json;
      const token = this.#tokenIn(parameters);
      const answer = tasks.answerTo(token, {
        timeoutMs: TimeoutSeconds * 1_000,
        heartbeatMs: HeartbeatSeconds && HeartbeatSeconds * 1_000,
      });
      const asked = perform(call).catch(error => {
        // Nobody answers what was not asked.
        tasks.close(token);
        throw error;
      });
      const [output] = await Promise.all([answer, asked]);
      return output as Json;
    };
  }

  /** The token that is handed over; one that nobody knows where none is. */
  #tokenIn(parameters: unknown): string {
    const text = JSON.stringify(parameters);
    return [...this.#tokens].findLast(token => text.includes(token)) ?? this.#newToken();
  }
}
