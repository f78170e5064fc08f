import { Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { validateProps } from './validation.ts';

const fifoSuffix = '.fifo';

/**
 * Name of a queue from its place in the tree, `order-processing-payment-queue`: it is what operators
 * type, and what lets a DLQ name its source queue without the two referring to each other in a circle.
 *
 * @throws PropsError when the name is longer than SQS allows, or has other characters.
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-queue-identifiers.html
 */
export function queueName(scope: Construct, id: string, options: { readonly fifo: boolean }): string {
  const stack = Stack.of(scope);
  const pathInStack = scope.node.path.slice(stack.node.path.length + 1);
  const words = [stack.stackName, ...pathInStack.split('/'), id].filter(Boolean).map(kebab);
  const name = words.join('-') + (options.fifo ? fifoSuffix : '');
  validateProps(scope, id, [
    {
      prop: 'queue name',
      value: name,
      holds: name.length <= 80 && /^[\w-]+(\.fifo)?$/.test(name),
      allowed: 'up to 80 letters, digits, hyphens and underscores',
      remedy: 'It is made of the ids of the construct and of those around it: give them others.',
    },
  ]);
  return name;
}

function kebab(id: string): string {
  return id.replace(/([a-z0-9])([A-Z])/g, '$1-$2').toLowerCase();
}
