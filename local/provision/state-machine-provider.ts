import { AssemblyError } from '../assembly/assembly-error.ts';
import { ACCOUNT_ID } from '../assembly/cloud-assembly.ts';
import type { ResourceDeclaration } from '../assembly/resource.ts';
import { type MachineDefinition, shortened } from '../emulators/step-functions/definition.ts';
import { tasksNotRun } from '../emulators/step-functions/service-tasks.ts';
import { physicalName } from './physical-name.ts';
import { textOf } from './property-values.ts';
import type { ResourceProvider } from './provider.ts';

/** @see https://docs.aws.amazon.com/step-functions/latest/apireference/API_CreateStateMachine.html */
const NAME_LIMIT = 80;

/** Visibility timeout of a queue whose consumer may take 15 seconds, as nearly all have it here. */
const USUAL_VISIBILITY_SECONDS = 90;

export const stateMachineProvider: ResourceProvider = {
  type: 'AWS::StepFunctions::StateMachine',
  phase: 'compute',
  identify(resource) {
    const arn = stateMachineArn(resource);
    return { ref: arn, attributes: { Arn: arn, Name: stateMachineName(resource) } };
  },
  async provision(resource, { stepFunctions, maxVisibilityTimeoutSeconds, note }) {
    const definition = definitionOf(resource);
    const obstacle = obstacleTo(resource, definition);
    if (definition === undefined || obstacle !== undefined) {
      note(resource, `does not run here: ${obstacle}`);
      return;
    }
    const notRun = tasksNotRun(definition);
    if (notRun.length > 0) note(resource, `its executions fail here in ${notRun.join(', ')}`);
    // A message that failed comes again so many times sooner: whoever waits for it gives up as much sooner.
    const times = Math.max(1, USUAL_VISIBILITY_SECONDS / maxVisibilityTimeoutSeconds);
    await stepFunctions.add({
      arn: stateMachineArn(resource),
      name: stateMachineName(resource),
      region: resource.region,
      roleArn: textOf(resource, 'RoleArn'),
      definition: shortened(definition, times),
    });
  },
};

/** @returns undefined where the template does not hold it. */
function definitionOf(resource: ResourceDeclaration): MachineDefinition | undefined {
  const text = resource.property('DefinitionString');
  if (typeof text !== 'string') return resource.property('Definition') as MachineDefinition | undefined;
  try {
    return JSON.parse(text) as MachineDefinition;
  } catch (error) {
    throw new AssemblyError(
      `${resource.path} (${resource.type}): DefinitionString must be JSON: ${(error as Error).message}.`,
    );
  }
}

/** Why a state machine cannot run here. */
function obstacleTo(
  resource: ResourceDeclaration,
  definition: MachineDefinition | undefined,
): string | undefined {
  if (resource.property('StateMachineType') === 'EXPRESS') return 'it is an express workflow';
  if (definition === undefined) return 'its definition is not in the template';
  return definition.QueryLanguage === 'JSONata' ? 'its query language is JSONata' : undefined;
}

function stateMachineName(resource: ResourceDeclaration): string {
  return physicalName(resource, resource.property('StateMachineName'), { limit: NAME_LIMIT });
}

function stateMachineArn(resource: ResourceDeclaration): string {
  return `arn:aws:states:${resource.region}:${ACCOUNT_ID}:stateMachine:${stateMachineName(resource)}`;
}
