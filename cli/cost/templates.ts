import { CloudAssembly, type CloudFormationStackArtifact } from 'aws-cdk-lib/cx-api';
import { CommandFailure, UsageError } from '../command-errors.ts';

/** A resource as its template declares it. */
export interface Resource {
  readonly id: string;
  readonly type: string;
  /** Path of its construct in the stack, by which traffic profiles name it: `Payment/Queue`. */
  readonly path: string;
  readonly properties: Readonly<Record<string, unknown>>;
}

/** The synthesized template of a system. */
export interface SystemTemplate {
  readonly name: string;
  readonly resources: readonly Resource[];
}

/**
 * Reads the templates of a synthesized app.
 *
 * @throws CommandFailure where the folder is no cloud assembly.
 */
export function readTemplates(directory: string): readonly SystemTemplate[] {
  let assembly: CloudAssembly;
  try {
    assembly = new CloudAssembly(directory);
  } catch (fault) {
    throw new CommandFailure(
      `${directory} is not a readable cloud assembly (${(fault as Error).message}). Synthesize it with \`npx cdk synth\`.`,
    );
  }
  // Not in the order of their deployment, which an assembly has.
  return assembly.stacksRecursively.map(templateOf).sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** @throws UsageError naming the systems that there are. */
export function selectTemplates(
  templates: readonly SystemTemplate[],
  name: string | undefined,
): readonly SystemTemplate[] {
  if (name === undefined) return templates;
  const found = templates.filter(template => template.name === name);
  if (found.length === 0) {
    throw new UsageError(
      `There is no system "${name}". This app has: ${templates.map(template => template.name).join(', ')}.`,
    );
  }
  return found;
}

interface DeclaredResource {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
}

function templateOf(stack: CloudFormationStackArtifact): SystemTemplate {
  const paths = constructPaths(stack);
  const declared = stack.template.Resources as Readonly<Record<string, DeclaredResource>>;
  return {
    name: stack.stackName,
    resources: Object.entries(declared).map(([id, { Type, Properties = {} }]) => ({
      id,
      type: Type,
      path: paths.get(id) ?? id,
      properties: Properties,
    })),
  };
}

function constructPaths(stack: CloudFormationStackArtifact): ReadonlyMap<string, string> {
  const root = `/${stack.hierarchicalId}/`;
  return new Map(
    Object.entries(stack.metadata).flatMap(([path, entries]) =>
      entries
        .filter(({ type }) => type === 'aws:cdk:logicalId')
        .map(({ data }): [string, string] => [
          String(data),
          (path.startsWith(root) ? path.slice(root.length) : path).replace(/\/Resource$/, ''),
        ]),
    ),
  );
}

/** Logical id that a `Ref` or `Fn::GetAtt` points at. */
export function referredId(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { Ref, 'Fn::GetAtt': attribute } = value as { Ref?: string; 'Fn::GetAtt'?: string | string[] };
  return Ref ?? (typeof attribute === 'string' ? attribute.split('.')[0] : attribute?.[0]);
}
