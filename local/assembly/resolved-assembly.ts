import { AssemblyError, TemplateLocation } from './assembly-error.ts';
import { ResolvedStack } from './resolved-stack.ts';
import type { ResourceDeclaration, ResourceIdentity } from './resource.ts';
import type { StackTemplate } from './template.ts';

export interface ResolvedAssemblyOptions {
  readonly identify: (resource: ResourceDeclaration) => ResourceIdentity;
  /**
   * Puts the addresses that answer here in place of those of AWS, in texts that a template puts together.
   *
   * @default - texts stay as they are
   */
  readonly localize?: (text: string) => string;
  /**
   * Values for template parameters, by parameter name, or by `stack:name` for one stack alone.
   *
   * @default - the templates' own defaults
   */
  readonly parameters?: Readonly<Record<string, string>>;
}

/** Stacks that can refer to each other's exports, and the outputs that they come to. */
export class ResolvedAssembly {
  readonly stacks: readonly ResolvedStack[];

  constructor(stacks: readonly StackTemplate[], options: ResolvedAssemblyOptions) {
    this.stacks = stacks.map(
      stack =>
        new ResolvedStack(stack, {
          identify: options.identify,
          localize: options.localize ?? (text => text),
          importValue: (exportName, at) => this.#exportedValue(exportName, stack.region, at),
          parameters: parametersOf(stack.name, options.parameters ?? {}),
        }),
    );
  }

  /**
   * The outputs of a stack, resolved.
   *
   * An output that refers to what does not run here has no value; it is left out and reported.
   */
  outputs(stack: ResolvedStack): { values: Record<string, string>; unresolved: Record<string, string> } {
    const values: Record<string, string> = {};
    const unresolved: Record<string, string> = {};
    for (const [name, output] of Object.entries(stack.stack.template.Outputs)) {
      const at = new TemplateLocation(stack.stack.name, `Outputs.${name}`);
      if (output.Condition !== undefined && !stack.condition(output.Condition, at)) {
        continue;
      }
      try {
        values[name] = String(stack.resolve(output.Value, at));
      } catch (fault) {
        if (!(fault instanceof AssemblyError)) {
          throw fault;
        }
        unresolved[name] = fault.message;
      }
    }
    return { values, unresolved };
  }

  #exportedValue(exportName: string, region: string, at: TemplateLocation): unknown {
    for (const exporting of this.stacks.filter(stack => stack.stack.region === region)) {
      for (const [name, output] of Object.entries(exporting.stack.template.Outputs)) {
        const place = new TemplateLocation(exporting.stack.name, `Outputs.${name}`);
        if (output.Export && exporting.resolve(output.Export.Name, place) === exportName) {
          return exporting.resolve(output.Value, place);
        }
      }
    }
    throw at.error(
      `imports ${exportName}, which none of the stacks that run exports in ${region} ` +
        `(they are ${this.stacks.map(stack => stack.stack.name).join(', ')}).`,
    );
  }
}

function parametersOf(stackName: string, given: Readonly<Record<string, string>>): Record<string, string> {
  const parameters: Record<string, string> = {};
  for (const [name, value] of Object.entries(given)) {
    if (!name.includes(':')) {
      parameters[name] ??= value;
    } else if (name.startsWith(`${stackName}:`)) {
      parameters[name.slice(stackName.length + 1)] = value;
    }
  }
  return parameters;
}
