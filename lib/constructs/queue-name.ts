import type { Construct } from 'constructs';
import { placeName } from './place-name.ts';
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
  const name = placeName(scope, id) + (options.fifo ? fifoSuffix : '');
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
