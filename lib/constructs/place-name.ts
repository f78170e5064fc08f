import { Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';

/** Name of a construct from its place in the tree, in kebab case: `order-processing-payment`. */
export function placeName(scope: Construct, id: string): string {
  const stack = Stack.of(scope);
  const pathInStack = scope.node.path.slice(stack.node.path.length + 1);
  return [stack.stackName, ...pathInStack.split('/'), id].filter(Boolean).map(kebab).join('-');
}

function kebab(id: string): string {
  return id.replace(/([a-z0-9])([A-Z])/g, '$1-$2').toLowerCase();
}
