import { randomUUID } from 'node:crypto';
import { AwsError } from '../aws-error.ts';
import type { WireAction, WireRequest } from '../wire-protocol.ts';
import type { MachineDefinition } from './definition.ts';
import type { Execution } from './execution.ts';
import { performTask, type WorkflowServices } from './service-tasks.ts';
import { StartedExecution } from './started-execution.ts';
import { WaitingTasks } from './waiting-tasks.ts';

/** A state machine as a template declares it. */
export interface DeclaredStateMachine {
  readonly arn: string;
  readonly name: string;
  readonly region: string;
  readonly roleArn: string;
  readonly definition: MachineDefinition;
}

/** @see https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html */
const FORBIDDEN_IN_NAMES = /[\s<>{}[\]?*"#%\\^|~`$&,;:/\p{Cc}]/u;
const LONGEST_NAME = 80;
const MOST_BYTES = 262_144;

/**
 * Standard state machines, whose states invoke functions and send to queues. Executions are kept as long as the
 * process is, and each name starts one.
 *
 * @see https://docs.aws.amazon.com/step-functions/latest/apireference/API_Operations.html
 */
export class StepFunctions {
  /** Until it is set, states reach nothing. */
  services: WorkflowServices | undefined;
  /** Hears of every execution as it starts and ends. */
  onExecution: (execution: StartedExecution) => void = () => undefined;

  readonly #machines = new Map<string, LoadedStateMachine>();
  readonly #executions = new Map<string, StartedExecution>();
  readonly #running = new Map<string, Execution>();
  readonly #tasks = new WaitingTasks();

  /** Actions by their target. */
  readonly actions: ReadonlyMap<string, WireAction> = new Map(
    Object.entries({
      StartExecution: request => this.#start(request),
      DescribeExecution: request => this.#described(request).description(),
      StopExecution: request => this.#stop(request),
      SendTaskHeartbeat: ({ parameters }) => {
        this.#tasks.heartbeat(tokenIn(parameters));
        return {};
      },
      SendTaskSuccess: ({ parameters }) => {
        this.#tasks.succeed(tokenIn(parameters), outputIn(parameters));
        return {};
      },
      SendTaskFailure: ({ parameters: { error = '', cause = '', ...parameters } }) => {
        this.#tasks.fail(tokenIn(parameters), String(error), String(cause));
        return {};
      },
    } satisfies Record<string, WireAction>).map(([name, action]) => [`AWSStepFunctions.${name}`, action]),
  );

  async add(machine: DeclaredStateMachine): Promise<void> {
    // Loaded only where there is a workflow: the interpreter takes longer to load than the rest of the endpoint.
    const { Execution } = await import('./execution.ts');
    this.#machines.set(machine.arn, { ...machine, Execution });
  }

  /** Ends what runs where it is. */
  async stop(): Promise<void> {
    const running = [...this.#running.values()];
    for (const execution of running) execution.abort();
    await Promise.all(running.map(({ ended }) => ended));
  }

  #start({ parameters }: WireRequest): object {
    const { stateMachineArn, name = randomUUID(), input = '{}' } = parameters as Partial<StartParameters>;
    const machine = this.#machines.get(stateMachineArn ?? '');
    if (machine === undefined) {
      throw new AwsError('StateMachineDoesNotExist', `State Machine Does Not Exist: '${stateMachineArn}'`);
    }
    if (name.length < 1 || name.length > LONGEST_NAME || FORBIDDEN_IN_NAMES.test(name)) {
      throw new AwsError('InvalidName', `Invalid Name: '${name}'`);
    }
    const parsed = jsonIn(input, 'InvalidExecutionInput', 'Invalid State Machine Execution Input');
    const execution = new StartedExecution(machine.arn, name, input);
    const known = this.#executions.get(execution.arn);
    if (known !== undefined) return startAgain(known, input);
    this.#executions.set(execution.arn, execution);
    this.#run(machine, execution, parsed);
    return { executionArn: execution.arn, startDate: execution.startDate };
  }

  #run(machine: LoadedStateMachine, started: StartedExecution, input: unknown): void {
    const execution = new machine.Execution({
      definition: machine.definition,
      input,
      context: {
        Execution: { Id: started.arn, Name: started.name, RoleArn: machine.roleArn },
        StateMachine: { Id: machine.arn, Name: machine.name },
      },
      tasks: this.#tasks,
      perform: async call => {
        if (this.services === undefined) throw new Error('The local cloud is not up yet.');
        return performTask(call, this.services, machine.region);
      },
    });
    this.#running.set(started.arn, execution);
    this.onExecution(started);
    void execution.ended.then(end => {
      this.#running.delete(started.arn);
      started.end(end);
      this.onExecution(started);
    });
  }

  #described({ parameters }: WireRequest): StartedExecution {
    const { executionArn } = parameters;
    const execution = this.#executions.get(String(executionArn));
    if (execution !== undefined) return execution;
    throw new AwsError('ExecutionDoesNotExist', `Execution Does Not Exist: '${executionArn}'`);
  }

  async #stop(request: WireRequest): Promise<object> {
    const { arn } = this.#described(request);
    const running = this.#running.get(arn);
    running?.abort();
    await running?.ended;
    return { stopDate: Date.now() / 1_000 };
  }
}

interface LoadedStateMachine extends DeclaredStateMachine {
  readonly Execution: typeof Execution;
}

interface StartParameters {
  readonly stateMachineArn: string;
  readonly name: string;
  readonly input: string;
}

/** The same request again is answered the same while its execution runs; whatever else finds the name taken. */
function startAgain(known: StartedExecution, input: string): object {
  if (known.status === 'RUNNING' && known.input === input) {
    return { executionArn: known.arn, startDate: known.startDate };
  }
  throw new AwsError('ExecutionAlreadyExists', `Execution Already Exists: '${known.arn}'`);
}

function tokenIn({ taskToken }: WireRequest['parameters']): string {
  return String(taskToken);
}

function outputIn({ output }: WireRequest['parameters']): unknown {
  return jsonIn(String(output), 'InvalidOutput', 'Invalid Output');
}

function jsonIn(text: string, code: string, message: string): unknown {
  if (Buffer.byteLength(text) > MOST_BYTES) {
    throw new AwsError(code, `${message}: more than ${MOST_BYTES} bytes.`);
  }
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new AwsError(code, `${message}: ${(error as Error).message}`);
  }
}
