import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { App, type Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { addSystems, type SystemName, systemNames } from '../../bin/systems.ts';
import { repository, temporaryDirectory } from './temporary-directory.ts';

// Importing this module switches validation off for the test file: it costs a second for each process,
// and the tests of the whole app run it.
process.env.CDK_VALIDATION = 'false';

/** The context that cdk.json gives to the app. */
export function cdkJsonContext(): Record<string, unknown> {
  const { context } = JSON.parse(readFileSync(join(repository, 'cdk.json'), 'utf8')) as {
    context: Record<string, unknown>;
  };
  return context;
}

/**
 * An empty app with cdk.json's context, as the CLI would make it, that bundles no code and is
 * synthesized into a folder of its own.
 *
 * @param context what `-c name=value` gives.
 */
export function testApp(context: Readonly<Record<string, unknown>> = {}): App {
  return new App({
    outdir: temporaryDirectory(),
    context: { ...cdkJsonContext(), 'aws:cdk:bundling-stacks': [], ...context },
  });
}

/** A CloudFormation template, as far as tests read it. */
export interface TemplateJson {
  readonly Resources: Readonly<Record<string, ResourceJson>>;
  readonly Outputs?: Readonly<Record<string, { readonly Value: unknown; readonly Description?: string }>>;
  readonly Parameters?: Readonly<Record<string, ParameterJson>>;
}

export interface ParameterJson {
  readonly Type: string;
  readonly Default?: string;
  readonly AllowedValues?: readonly string[];
}

export interface ResourceJson {
  readonly Type: string;
  readonly Properties: Readonly<Record<string, unknown>>;
  readonly DependsOn?: string | readonly string[];
  readonly DeletionPolicy?: string;
  readonly UpdateReplacePolicy?: string;
  readonly Metadata?: Readonly<Record<string, unknown>>;
}

/** The whole app of one stage. */
export interface SynthesizedApp {
  readonly app: App;
  readonly stacks: readonly Stack[];
  readonly stackNames: readonly string[];
  /** Template of the stack of that name; throws where there is none. */
  template(stackName: string): TemplateJson;
  /** The same, for aws-cdk-lib's assertions. */
  assertions(stackName: string): Template;
}

const synthesized = new Map<string, SynthesizedApp>();

/** Systems as `cdk synth -c stage=…` makes them, all by default, synthesized once for a test file. */
export function synthesizedApp(
  stage: 'dev' | 'prod',
  context: Readonly<Record<string, unknown>> = {},
  systems: readonly SystemName[] = systemNames,
): SynthesizedApp {
  const key = JSON.stringify([stage, context, systems]);
  const known = synthesized.get(key);
  if (known) return known;

  const app = testApp({ stage, ...context });
  addSystems(app, systems);
  const assembly = app.synth();
  const stacks = assembly.stacks.map(({ stackName }) => app.node.findChild(stackName) as Stack);
  const template = (stackName: string) => assembly.getStackByName(stackName).template as TemplateJson;
  const made: SynthesizedApp = {
    app,
    stacks,
    stackNames: stacks.map(stack => stack.stackName),
    template,
    assertions: stackName => Template.fromJSON(template(stackName) as object as Record<string, unknown>),
  };
  synthesized.set(key, made);
  return made;
}

/** Template of one system, which is the same whether the others are synthesized beside it or not. */
export function systemTemplate(
  system: SystemName,
  stage: 'dev' | 'prod',
  context: Readonly<Record<string, unknown>> = {},
): TemplateJson {
  return synthesizedApp(stage, context, [system]).template(system);
}
