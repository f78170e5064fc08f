import type { MessagingRule } from './messaging-rule.ts';
import { type CloudFormationTemplate, resourcesOfType } from './template-resources.ts';
import { textOf } from './template-text.ts';

interface StateMachineProperties {
  readonly DefinitionString: unknown;
  readonly Definition: unknown;
}

interface State {
  readonly Type?: unknown;
  readonly Resource?: unknown;
  readonly Branches?: readonly Machine[];
  readonly Iterator?: Machine;
  readonly ItemProcessor?: Machine;
  readonly [field: string]: unknown;
}

interface Machine {
  readonly States?: Readonly<Record<string, State>>;
}

const limits = ['TimeoutSeconds', 'HeartbeatSeconds'];

/** Rules about states of workflows that wait for somebody's answer. */
export const waitingRules: readonly MessagingRule[] = [
  {
    name: 'WaitingState',
    requires:
      'A state that waits for a task token waits for a limited time, and notices that nobody is at work.',
    remedy:
      'Set TimeoutSeconds and HeartbeatSeconds on the state: without them, it waits for a year for an answer that got lost.',
    findings: template =>
      [
        ...resourcesOfType<StateMachineProperties>(template, 'AWS::StepFunctions::StateMachine').values(),
      ].flatMap(({ id, properties }) => {
        const machine = definitionOf(properties, template);
        if (machine === undefined) {
          return [{ logicalId: id, property: 'DefinitionString', found: 'not in the template, or no JSON' }];
        }
        return statesOf(machine)
          .filter(([, { Type, Resource }]) => Type === 'Task' && /\.waitForTaskToken$/.test(String(Resource)))
          .flatMap(([name, state]) =>
            limits
              .filter(limit => state[limit] === undefined && state[`${limit}Path`] === undefined)
              .map(limit => ({ logicalId: id, property: `States.${name}.${limit}`, found: 'not set' })),
          );
      }),
  },
];

function definitionOf(
  { DefinitionString: text, Definition: definition }: Partial<StateMachineProperties>,
  template: CloudFormationTemplate,
): Machine | undefined {
  if (text === undefined) return definition as Machine | undefined;
  try {
    return JSON.parse(textOf(text, template)) as Machine;
  } catch {
    return undefined;
  }
}

/** The states at every depth. */
function statesOf(machine: Machine): readonly (readonly [name: string, state: State])[] {
  return Object.entries(machine.States ?? {}).flatMap(([name, state]) => {
    const inner = [...(state.Branches ?? []), state.Iterator, state.ItemProcessor].filter(
      nested => nested !== undefined,
    );
    return [[name, state] as const, ...inner.flatMap(statesOf)];
  });
}
