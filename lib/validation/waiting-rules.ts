import type { MessagingRule } from './messaging-rule.ts';
import { parsedDefinition, statesOf } from './states-language.ts';
import { resourcesOfType } from './template-resources.ts';
import { textOf } from './template-text.ts';

interface StateMachineProperties {
  readonly DefinitionString: unknown;
  readonly Definition: unknown;
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
        const { DefinitionString: text, Definition: definition } = properties;
        const machine = parsedDefinition(text === undefined ? undefined : textOf(text, template), definition);
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
