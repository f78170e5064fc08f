import { Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { validateProps } from '../validation.ts';

/**
 * Name of a fleet from its place in the tree, `video-processing-back-end`. Its instances must know the
 * name before there is a group to ask, and their role names it before they start.
 *
 * @throws PropsError when the name has more than 128 characters.
 */
export function fleetName(scope: Construct, id: string): string {
  const stack = Stack.of(scope);
  const pathInStack = scope.node.path.slice(stack.node.path.length + 1);
  const name = [stack.stackName, ...pathInStack.split('/'), id]
    .filter(Boolean)
    .map(word => word.replace(/([a-z0-9])([A-Z])/g, '$1-$2').toLowerCase())
    .join('-');
  validateProps(scope, id, [
    {
      prop: 'fleet name',
      value: name,
      holds: name.length <= 128,
      allowed: 'up to 128 characters',
      remedy: 'Give the construct, or those around it, a shorter id.',
    },
  ]);
  return name;
}
