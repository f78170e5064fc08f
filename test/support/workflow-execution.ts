import type { Hearing, WorkflowTasks } from '../../lambda/order-workflow/workflow-tasks.ts';
import { type MachineDefinition, shortened } from '../../local/emulators/step-functions/definition.ts';
import { Execution, type ExecutionEnd } from '../../local/emulators/step-functions/execution.ts';
import { WaitingTasks } from '../../local/emulators/step-functions/waiting-tasks.ts';
import type { StatedDefinition } from './workflow-definition.ts';

/** What the states of a definition do, by their names. */
export type StateActions = Readonly<Record<string, (parameters: never) => Promise<unknown>>>;

/** Five minutes without a heartbeat are 150 milliseconds. */
const timesShorter = 2_000;

/** Executes a definition as the local cloud does, with what its states do stood in for. */
export class WorkflowExecution implements WorkflowTasks {
  /** Names of the states that were entered, in their order. */
  readonly entered: string[] = [];
  readonly #definition: MachineDefinition;
  readonly #tasks = new WaitingTasks();

  constructor(definition: StatedDefinition) {
    this.#definition = shortened(definition, timesShorter);
  }

  run(input: object, actions: StateActions): Promise<ExecutionEnd> {
    const execution = new Execution({
      definition: this.#definition,
      input,
      tasks: this.#tasks,
      perform: async ({ state, parameters }) => actions[state]?.(parameters as never),
      onEntered: state => this.entered.push(state),
    });
    return execution.ended;
  }

  async heartbeat(token: string): Promise<Hearing> {
    return heard(() => this.#tasks.heartbeat(token));
  }

  async succeed(token: string, answer: object): Promise<Hearing> {
    return heard(() => this.#tasks.succeed(token, answer));
  }

  async fail(token: string, error: string, cause: string): Promise<Hearing> {
    return heard(() => this.#tasks.fail(token, error, cause));
  }
}

function heard(answer: () => void): Hearing {
  try {
    answer();
    return 'heard';
  } catch {
    return 'settled';
  }
}
