import { parsedDefinition, type State, statesOf } from '../../states-language.ts';
import type { DeployedResource } from '../app/deployed-stack.ts';
import { type Edge, unseenEdge } from '../edge.ts';
import type { Proof } from '../questions.ts';
import { byRole } from './finder.ts';

/** The parameter that names the other end, by the integration. */
const destinations: readonly (readonly [integration: RegExp, parameter: string])[] = [
  [/^arn:aws:states:::(aws-sdk:)?sqs:sendMessage/, 'QueueUrl'],
  [/^arn:aws:states:::(aws-sdk:)?sns:publish/, 'TopicArn'],
  [/^arn:aws:states:::(aws-sdk:)?lambda:invoke/, 'FunctionName'],
  [/^arn:aws:states:::(aws-sdk:)?states:startExecution/, 'StateMachineArn'],
];

/** Integrations that deliver in ways that have no rule yet. */
const unknownIntegrations = /^arn:aws:states:::(aws-sdk:)?(events|firehose|kinesis|pipes):/;

/** The states of a machine that send, publish or invoke do so under the machine's role. */
export function stateMachineEdges(machine: DeployedResource, proof: Proof): readonly Edge[] {
  const text = machine.property('DefinitionString');
  const definition = parsedDefinition(
    text === undefined ? undefined : String(text),
    machine.property('Definition'),
  );
  const delivery = {
    by: machine,
    role: machine.property('RoleArn'),
    service: 'states.amazonaws.com',
    source: { arn: machine.arn, account: machine.account },
  };
  if (!definition) {
    const ends = { kind: 'Step Functions', by: machine, from: machine.path, to: 'somewhere' };
    return [
      unseenEdge(ends, 'its definition is not in the template', 'Write the definition into the template.'),
    ];
  }
  return statesOf(definition).flatMap(([name, state]) => {
    const kind = `Step Functions (${name})`;
    const to = destinationOf(state);
    if (to === undefined) return [];
    if (to.isKnown) return [byRole(proof, { ...delivery, kind, from: machine.path }, to.reference)];
    return [
      unseenEdge(
        { kind, by: machine, from: machine.path, to: String(to.reference) },
        'where it delivers to is only known when it runs',
        'Name the other end in the definition.',
      ),
    ];
  });
}

function destinationOf({
  Type,
  Resource,
  Parameters,
  Arguments,
}: State): { readonly isKnown: boolean; readonly reference: unknown } | undefined {
  if (Type !== 'Task' || typeof Resource !== 'string') return undefined;
  if (/^arn:[^:]*:lambda:/.test(Resource)) return { isKnown: true, reference: Resource };
  if (unknownIntegrations.test(Resource)) return { isKnown: false, reference: Resource };
  const parameter = destinations.find(([integration]) => integration.test(Resource))?.[1];
  if (parameter === undefined) return undefined;
  const reference = (Parameters ?? Arguments)?.[parameter];
  const isComputed = typeof reference !== 'string' || reference.startsWith('{%');
  return isComputed
    ? { isKnown: false, reference: Parameters?.[`${parameter}.$`] ?? reference ?? Resource }
    : { isKnown: true, reference };
}
