import { statedText, theOnly } from './stated-values.ts';
import type { TemplateJson } from './synthesized-app.ts';

export interface StatedRetrier {
  readonly ErrorEquals: readonly string[];
  readonly MaxAttempts?: number;
  readonly MaxDelaySeconds?: number;
}

/** A state of a definition, as far as tests look into it. */
export interface StatedState {
  readonly Type: string;
  readonly Resource?: string;
  readonly Parameters?: Readonly<Record<string, unknown>>;
  readonly TimeoutSeconds?: number;
  readonly HeartbeatSeconds?: number;
  readonly Retry?: readonly StatedRetrier[];
}

export interface StatedDefinition {
  readonly StartAt: string;
  readonly TimeoutSeconds: number;
  readonly States: Readonly<Record<string, StatedState>>;
}

/** The definition of a template's only state machine, `<LogicalId>` for what it refers to. */
export function definitionIn(template: TemplateJson): StatedDefinition {
  const { DefinitionString } = theOnly(template, 'AWS::StepFunctions::StateMachine').resource.Properties;
  return JSON.parse(statedText(DefinitionString).replaceAll('<AWS::Partition>', 'aws')) as StatedDefinition;
}
