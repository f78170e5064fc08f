/**
 * A state of the Amazon States Language, as far as the local cloud looks into it.
 *
 * @see https://states-language.net/spec.html
 */
export interface StateDefinition {
  readonly Type: string;
  readonly Resource?: string;
  readonly TimeoutSeconds?: number;
  readonly HeartbeatSeconds?: number;
  readonly Seconds?: number;
  readonly Retry?: readonly RetrierDefinition[];
  readonly Branches?: readonly MachineDefinition[];
  readonly Iterator?: MachineDefinition;
  readonly ItemProcessor?: MachineDefinition;
}

export interface RetrierDefinition {
  readonly IntervalSeconds?: number;
  readonly MaxDelaySeconds?: number;
}

export interface MachineDefinition {
  readonly StartAt: string;
  readonly QueryLanguage?: string;
  readonly TimeoutSeconds?: number;
  readonly States: Readonly<Record<string, StateDefinition>>;
}

/** What a timer takes: 24 days. Where a task names no limit, Step Functions waits for years. */
const LONGEST_SECONDS = 2_147_483;

const TOKEN_SUFFIX = '.waitForTaskToken';

/** Whether a state waits until somebody answers. */
export function waitsForToken({ Resource }: StateDefinition): boolean {
  return Resource?.endsWith(TOKEN_SUFFIX) === true;
}

/** The states that ask something of a service, at every depth. */
export function tasksIn(machine: MachineDefinition): readonly (readonly [string, StateDefinition])[] {
  return Object.entries(machine.States).flatMap(([name, state]) => [
    ...(state.Type === 'Task' ? [[name, state] as const] : []),
    ...nested(state).flatMap(tasksIn),
  ]);
}

/**
 * A definition whose pauses, and whose waits for an answer, are shorter. What a function takes is not: it takes
 * as long here as anywhere.
 *
 * @param times shorter by so many times.
 */
export function shortened(machine: MachineDefinition, times: number): MachineDefinition {
  const { TimeoutSeconds } = machine;
  const States = Object.entries(machine.States).map(([name, state]) => [name, shortenedState(state, times)]);
  return {
    ...machine,
    ...(TimeoutSeconds === undefined ? {} : { TimeoutSeconds: TimeoutSeconds / times }),
    States: Object.fromEntries(States),
  };
}

function shortenedState(state: StateDefinition, times: number): StateDefinition {
  const { Seconds, Retry, Branches, Iterator, ItemProcessor } = state;
  return {
    ...state,
    ...(state.Type === 'Task' ? taskLimits(state, times) : {}),
    ...(Seconds === undefined ? {} : { Seconds: Seconds / times }),
    ...(Retry === undefined ? {} : { Retry: Retry.map(retrier => shortenedRetrier(retrier, times)) }),
    ...(Branches === undefined ? {} : { Branches: Branches.map(branch => shortened(branch, times)) }),
    ...(Iterator === undefined ? {} : { Iterator: shortened(Iterator, times) }),
    ...(ItemProcessor === undefined ? {} : { ItemProcessor: shortened(ItemProcessor, times) }),
  };
}

function taskLimits(state: StateDefinition, times: number) {
  const { TimeoutSeconds = LONGEST_SECONDS, HeartbeatSeconds } = state;
  if (!waitsForToken(state)) return { TimeoutSeconds };
  return {
    TimeoutSeconds: TimeoutSeconds / times,
    ...(HeartbeatSeconds === undefined ? {} : { HeartbeatSeconds: HeartbeatSeconds / times }),
  };
}

function shortenedRetrier(retrier: RetrierDefinition, times: number): RetrierDefinition {
  const { IntervalSeconds = 1, MaxDelaySeconds } = retrier;
  return {
    ...retrier,
    IntervalSeconds: IntervalSeconds / times,
    ...(MaxDelaySeconds === undefined ? {} : { MaxDelaySeconds: MaxDelaySeconds / times }),
  };
}

function nested({ Branches = [], Iterator, ItemProcessor }: StateDefinition): readonly MachineDefinition[] {
  return [...Branches, Iterator, ItemProcessor].filter(machine => machine !== undefined);
}
