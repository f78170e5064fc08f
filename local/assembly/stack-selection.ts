import { AssemblyError } from './assembly-error.ts';
import type { StackTemplate } from './template.ts';

/**
 * Picks the stacks of the named systems and every stack that they depend on, in deployment order.
 *
 * A system is named by its stack, by the stack's name as the CDK CLI shows it, or by the stage that holds
 * its stacks.
 *
 * @param systems - default: all stacks
 * @throws AssemblyError naming the systems that there are, where one is unknown.
 */
export function selectStacks(
  stacks: readonly StackTemplate[],
  systems: readonly string[] | undefined,
): readonly StackTemplate[] {
  if (systems === undefined) {
    return stacks;
  }
  const wanted = new Set<string>();
  for (const system of systems) {
    const named = stacks.filter(stack => isNamed(stack, system));
    if (named.length === 0) {
      throw new AssemblyError(
        `There is no system "${system}". This app has: ${stacks.map(stack => stack.name).join(', ') || 'no stacks'}.`,
      );
    }
    for (const stack of named) {
      addWithDependencies(stack, stacks, wanted);
    }
  }
  return stacks.filter(stack => wanted.has(stack.name));
}

function isNamed(stack: StackTemplate, system: string): boolean {
  return stack.name === system || stack.displayName === system || stack.displayName.startsWith(`${system}/`);
}

function addWithDependencies(
  stack: StackTemplate,
  stacks: readonly StackTemplate[],
  wanted: Set<string>,
): void {
  if (wanted.has(stack.name)) {
    return;
  }
  wanted.add(stack.name);
  for (const dependency of stacks.filter(other => stack.dependencies.includes(other.name))) {
    addWithDependencies(dependency, stacks, wanted);
  }
}
