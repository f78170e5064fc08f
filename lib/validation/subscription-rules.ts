import type { MessagingRule } from './messaging-rule.ts';
import { queuesOf } from './template-queues.ts';
import { referredId, resourcesOfType } from './template-resources.ts';

interface SubscriptionProperties {
  readonly TopicArn: unknown;
  readonly Protocol: unknown;
  readonly Endpoint: unknown;
  readonly RedrivePolicy: { readonly deadLetterTargetArn?: unknown };
  readonly FilterPolicy: Readonly<Record<string, unknown>>;
  readonly FilterPolicyScope: unknown;
}

const scopes: readonly unknown[] = ['MessageAttributes', 'MessageBody'];
const largestPolicy = 262_144;

/** The values under each key that a policy asks for; those of a body are at any depth, and count for it. */
function leavesOf(policy: Readonly<Record<string, unknown>>, depth = 1): readonly number[] {
  return Object.values(policy).flatMap(value => {
    if (Array.isArray(value)) return [value.length * depth];
    if (typeof value !== 'object' || value === null) return [depth];
    return leavesOf(value as Readonly<Record<string, unknown>>, depth + 1);
  });
}

/**
 * Rules about subscriptions: their filter policies, and FIFO from the topic on.
 *
 * @see https://docs.aws.amazon.com/sns/latest/dg/subscription-filter-policy-constraints.html
 */
export const subscriptionRules: readonly MessagingRule[] = [
  {
    name: 'FilterPolicySize',
    requires:
      'A filter policy names up to 5 attributes and up to 150 combinations of their values, in up to 256 KB.',
    remedy: 'Ask for less, or make two subscriptions of it: SNS refuses the policy at deployment.',
    findings: template =>
      [...resourcesOfType<SubscriptionProperties>(template, 'AWS::SNS::Subscription').values()].flatMap(
        ({ id, properties }) => {
          const policy = properties.FilterPolicy ?? {};
          const values = leavesOf(policy);
          const combinations = values.reduce((product, count) => product * count, 1);
          const bytes = Buffer.byteLength(JSON.stringify(policy));
          const isSound = values.length <= 5 && combinations <= 150 && bytes <= largestPolicy;
          if (isSound) return [];
          const size = bytes > largestPolicy ? ` in ${bytes} bytes` : '';
          const found = `${values.length} attributes and ${combinations} combinations${size}`;
          return [{ logicalId: id, property: 'FilterPolicy', found }];
        },
      ),
  },
  {
    name: 'FilterPolicyScope',
    requires:
      "A filter policy looks at a message's attributes or at its body, and says which by a name that SNS knows.",
    remedy: 'Set FilterPolicyScope to MessageAttributes or MessageBody, beside a FilterPolicy.',
    findings: template =>
      [...resourcesOfType<SubscriptionProperties>(template, 'AWS::SNS::Subscription').values()]
        .filter(({ properties }) => properties.FilterPolicyScope !== undefined)
        .filter(
          ({ properties }) =>
            !scopes.includes(properties.FilterPolicyScope) || properties.FilterPolicy === undefined,
        )
        .map(({ id, properties }) => ({
          logicalId: id,
          property: 'FilterPolicyScope',
          found: `${JSON.stringify(properties.FilterPolicyScope)}${properties.FilterPolicy ? '' : ', without a policy'}`,
        })),
  },
  {
    name: 'FifoSubscription',
    requires:
      'What a FIFO topic delivers goes to FIFO queues, and what it cannot deliver too; what a standard topic delivers, to standard queues.',
    remedy: 'Make topic, queue and the DLQ of the subscription FIFO, or none of them.',
    findings: template => {
      const queues = queuesOf(template);
      const topics = resourcesOfType<{ readonly FifoTopic: unknown }>(template, 'AWS::SNS::Topic');
      return [
        ...resourcesOfType<SubscriptionProperties>(template, 'AWS::SNS::Subscription').values(),
      ].flatMap(({ id, properties }) => {
        const topic = topics.get(referredId(properties.TopicArn) ?? '');
        if (!topic) return [];
        const isFifo = topic.properties.FifoTopic === true;
        const ends = [
          { property: 'Endpoint', end: properties.Endpoint },
          { property: 'RedrivePolicy', end: properties.RedrivePolicy?.deadLetterTargetArn },
        ];
        const differing = ends.flatMap(({ property, end }) => {
          const queue = queues.get(referredId(end) ?? '');
          if (!queue || (queue.properties.FifoQueue === true) === isFifo) return [];
          return [{ logicalId: id, property, found: `a ${isFifo ? 'standard' : 'FIFO'} queue` }];
        });
        return isFifo && properties.Protocol !== 'sqs'
          ? [...differing, { logicalId: id, property: 'Protocol', found: String(properties.Protocol) }]
          : differing;
      });
    },
  },
];
