import type { Stack } from 'aws-cdk-lib';
import * as v from 'valibot';
import { orderEvents } from '../../../../contracts/orders.ts';
import { FanOutTopic } from '../../../../lib/constructs/fan-out-topic.ts';
import { MessageFunction } from '../../../../lib/constructs/message-function.ts';
import { MessageKey } from '../../../../lib/constructs/message-key.ts';
import { proveDeliveries } from '../../../../lib/validation/delivery/delivery-proof.ts';
import { templateOf, testStack } from '../../../support/stack-template.ts';

/** A topic, and a key for the DLQs behind it. */
export function subscribedTopic() {
  const stack = testStack();
  const topic = new FanOutTopic(stack, 'OrderPlaced', {
    events: orderEvents,
    key: new MessageKey(stack, 'TopicKey', { description: 'Encrypts orders on their topic' }),
  });
  const key = new MessageKey(stack, 'QueueKey', { description: 'Encrypts orders in queues' });
  return { stack, topic, key };
}

export function subscribingFunction(stack: Stack): MessageFunction {
  return new MessageFunction(stack, 'Greeter', {
    entry: 'lambda/order-processing/shipping.ts',
    environmentSchema: v.object({}),
    environment: {},
    description: 'Greets',
    serviceName: 'greeter',
    metricsNamespace: 'Orders',
  });
}

/** Every delivery of a stack, between logical ids without their hashes, and what is wrong with it. */
export function deliveriesOf(stack: Stack): {
  readonly kinds: readonly string[];
  readonly problems: readonly string[];
} {
  const verdicts = proveDeliveries([{ name: stack.stackName, template: templateOf(stack) }]);
  return {
    kinds: verdicts
      .map(({ edge, name }) => `${edge.kind}: ${name.replaceAll(/[0-9A-F]{8}(?= |$)/g, '')}`)
      .sort(),
    problems: verdicts.flatMap(({ findings }) => findings.map(({ problem }) => problem)),
  };
}
