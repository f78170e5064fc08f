import { maxQueueMessageBytes, maxTopicMessageBytes } from '../../contracts/message-sizes.ts';
import type { Finding, MessagingRule } from './messaging-rule.ts';
import { queuesOf, redrivesOf } from './template-queues.ts';
import { numberOr, referredId, resourcesOfType } from './template-resources.ts';

interface TopicProperties {
  readonly MaximumMessageSize: unknown;
}

interface SubscriptionProperties {
  readonly TopicArn: unknown;
  readonly Endpoint: unknown;
  readonly RedrivePolicy: { readonly deadLetterTargetArn?: unknown };
}

/** Rules about how large messages may be along their way. */
export const messageSizeRules: readonly MessagingRule[] = [
  {
    name: 'MessageSizes',
    requires:
      'What a topic or queue takes, the queues and DLQs behind it take too: a larger message would be lost on its way.',
    remedy: 'Raise MaximumMessageSize of the queue behind, or leave it out: it is 1,048,576 bytes then.',
    findings: template => {
      const queues = queuesOf(template);
      const tooSmall = (reference: unknown, needed: number): Finding[] => {
        const queue = queues.get(referredId(reference) ?? '');
        const taken = numberOr(queue?.properties.MaximumMessageSize, maxQueueMessageBytes);
        if (!queue || taken === undefined || taken >= needed) return [];
        const found = `${taken}, of ${needed} bytes`;
        return [{ logicalId: queue.id, property: 'MaximumMessageSize', found }];
      };
      const topics = resourcesOfType<TopicProperties>(template, 'AWS::SNS::Topic');
      const takenBy = (topic: unknown) =>
        numberOr(topics.get(referredId(topic) ?? '')?.properties.MaximumMessageSize, maxTopicMessageBytes) ??
        0;
      const subscriptions = resourcesOfType<SubscriptionProperties>(template, 'AWS::SNS::Subscription');
      return [
        ...[...subscriptions.values()].flatMap(({ properties }) =>
          [properties.Endpoint, properties.RedrivePolicy?.deadLetterTargetArn].flatMap(reference =>
            tooSmall(reference, takenBy(properties.TopicArn)),
          ),
        ),
        ...redrivesOf(template).flatMap(({ source }) =>
          tooSmall(
            source.properties.RedrivePolicy?.deadLetterTargetArn,
            numberOr(source.properties.MaximumMessageSize, maxQueueMessageBytes) ?? 0,
          ),
        ),
      ];
    },
  },
];
