import { alarmRules, heardThroughComposites } from './alarm-rules.ts';
import { brokerRules } from './broker-rules.ts';
import { encryptionRules } from './encryption-rules.ts';
import { loopRule } from './loop-rule.ts';
import { mappingRules } from './mapping-rules.ts';
import { messageSizeRules } from './message-size-rules.ts';
import type { MessagingRule } from './messaging-rule.ts';
import { policyRules } from './policy-rules.ts';
import { subscriptionRules } from './subscription-rules.ts';
import { consumersOf } from './template-consumers.ts';
import { deadLetterQueuesOf, queuesOf, redrivesOf } from './template-queues.ts';
import {
  type CloudFormationTemplate,
  numberOr,
  type Resource,
  referredId,
  resourcesOfType,
} from './template-resources.ts';
import { waitingRules } from './waiting-rules.ts';

interface SubscriptionProperties {
  readonly Protocol: unknown;
  readonly FilterPolicy: Readonly<Record<string, unknown>>;
  readonly RedrivePolicy: { readonly deadLetterTargetArn?: unknown };
}

interface AlarmProperties {
  readonly MetricName: unknown;
  readonly Dimensions: readonly { readonly Value?: unknown }[];
  readonly AlarmActions: readonly unknown[];
}

const longestRetention = 1_209_600;
const defaultRetention = 345_600;

/**
 * What every template of a messaging system must keep. CloudFormation, its validation and the common
 * rule packs accept the opposite of each.
 */
export const messagingRules: readonly MessagingRule[] = [
  {
    name: 'VisibilityTimeout',
    requires: "A queue hides messages for six times its function's timeout and the batching window.",
    remedy: 'Raise VisibilityTimeout, or shorten the timeout of the function.',
    findings: template =>
      consumersOf(template).flatMap(({ mapping, queue, consumer }) => {
        const held = numberOr(queue.properties.VisibilityTimeout, 30);
        const timeout = numberOr(consumer.properties.Timeout, 3);
        const window = numberOr(mapping.properties.MaximumBatchingWindowInSeconds, 0);
        if (held === undefined || timeout === undefined || window === undefined) return [];
        const needed = 6 * timeout + window;
        if (held >= needed) return [];
        return [{ logicalId: queue.id, property: 'VisibilityTimeout', found: `${held}, of ${needed} s` }];
      }),
  },
  {
    name: 'MaxReceiveCount',
    requires: 'A queue gives a message up after two receives or more; before a function, after five or more.',
    remedy: 'Raise maxReceiveCount: a throttled or restarted consumer must not dead-letter sound messages.',
    findings: template => {
      const beforeFunctions = new Set(consumersOf(template).map(({ queue }) => queue.id));
      return [...queuesOf(template).values()].flatMap(({ id, properties }) => {
        const count = Number(properties.RedrivePolicy?.maxReceiveCount);
        if (!(count < (beforeFunctions.has(id) ? 5 : 2))) return [];
        return [{ logicalId: id, property: 'RedrivePolicy.maxReceiveCount', found: String(count) }];
      });
    },
  },
  {
    name: 'DeadLetterRetention',
    requires: 'A DLQ keeps messages for 14 days, and longer than its source: their age goes on counting.',
    remedy: 'Set MessageRetentionPeriod to 1209600 on the DLQ, and to less on the source.',
    findings: template => [
      ...deadLetterQueuesOf(template)
        .filter(
          ({ properties }) => numberOr(properties.MessageRetentionPeriod, defaultRetention) !== undefined,
        )
        .filter(({ properties }) => properties.MessageRetentionPeriod !== longestRetention)
        .map(({ id, properties }) => ({
          logicalId: id,
          property: 'MessageRetentionPeriod',
          found: String(properties.MessageRetentionPeriod ?? defaultRetention),
        })),
      ...redrivesOf(template)
        .filter(({ source }) => source.properties.MessageRetentionPeriod === longestRetention)
        .map(({ source }) => ({
          logicalId: source.id,
          property: 'MessageRetentionPeriod',
          found: `${longestRetention}, as long as its DLQ's`,
        })),
    ],
  },
  {
    name: 'DeadLetterKind',
    requires: 'The DLQ of a FIFO queue is FIFO, that of a standard queue standard.',
    remedy: 'Set FifoQueue on both or on neither.',
    findings: template =>
      redrivesOf(template)
        .filter(
          ({ source, deadLetterQueue }) =>
            (source.properties.FifoQueue ?? false) !== (deadLetterQueue.properties.FifoQueue ?? false),
        )
        .map(({ deadLetterQueue }) => ({
          logicalId: deadLetterQueue.id,
          property: 'FifoQueue',
          found: String(deadLetterQueue.properties.FifoQueue ?? false),
        })),
  },
  {
    name: 'DeadLetterSource',
    requires: 'The DLQ of a queue admits that queue and no other.',
    remedy: 'Set RedriveAllowPolicy to byQueue with the ARN of the source.',
    findings: template =>
      redrivesOf(template)
        .filter(
          ({ deadLetterQueue }) =>
            deadLetterQueue.properties.RedriveAllowPolicy?.redrivePermission !== 'byQueue',
        )
        .map(({ deadLetterQueue }) => ({
          logicalId: deadLetterQueue.id,
          property: 'RedriveAllowPolicy.redrivePermission',
          found: String(deadLetterQueue.properties.RedriveAllowPolicy?.redrivePermission ?? 'allowAll'),
        })),
  },
  {
    name: 'DeadLetterAlarm',
    requires: 'Somebody is told of the first message in a DLQ.',
    remedy:
      'Give it an alarm on ApproximateNumberOfMessagesVisible that notifies a topic, by itself or through a composite.',
    findings: template => {
      const alarms = resourcesOfType<AlarmProperties>(template, 'AWS::CloudWatch::Alarm');
      const heard = heardThroughComposites(template);
      const watched = new Set(
        [...alarms.values()]
          .filter(({ properties }) => properties.MetricName === 'ApproximateNumberOfMessagesVisible')
          .filter(({ id, properties }) => properties.AlarmActions?.length || heard.has(id))
          .map(({ properties }) => referredId(properties.Dimensions?.[0]?.Value)),
      );
      return deadLetterQueuesOf(template)
        .filter(({ id }) => !watched.has(id))
        .map(({ id }) => ({ logicalId: id, property: 'QueueName', found: 'without an alarm' }));
    },
  },
  {
    name: 'LongPolling',
    requires: 'A receive waits for messages for 20 seconds, the longest that SQS does.',
    remedy: 'Set ReceiveMessageWaitTimeSeconds to 20: empty answers cost as much as full ones.',
    findings: template => {
      const deadLetterQueues = new Set(deadLetterQueuesOf(template).map(({ id }) => id));
      return [...queuesOf(template).values()]
        .filter(({ id }) => !deadLetterQueues.has(id))
        .filter(({ properties }) => properties.ReceiveMessageWaitTimeSeconds !== 20)
        .map(({ id, properties }) => ({
          logicalId: id,
          property: 'ReceiveMessageWaitTimeSeconds',
          found: String(properties.ReceiveMessageWaitTimeSeconds ?? 0),
        }));
    },
  },
  {
    name: 'PartialBatchResponse',
    requires: 'A function says which messages of a batch failed, so that only those come back.',
    remedy: 'Set FunctionResponseTypes to ReportBatchItemFailures.',
    findings: template =>
      consumersOf(template)
        .filter(
          ({ mapping }) => !mapping.properties.FunctionResponseTypes?.includes('ReportBatchItemFailures'),
        )
        .map(({ mapping }) => ({
          logicalId: mapping.id,
          property: 'FunctionResponseTypes',
          found: JSON.stringify(mapping.properties.FunctionResponseTypes ?? []),
        })),
  },
  {
    name: 'PollerConcurrency',
    requires:
      'The mapping limits how many invocations a queue causes; reserved concurrency covers the limit.',
    remedy: 'Set ScalingConfig.MaximumConcurrency, and reserve nothing: throttled pollers fill the DLQ.',
    findings: template =>
      consumersOf(template).flatMap(({ mapping, consumer }) => {
        const limit = mapping.properties.ScalingConfig?.MaximumConcurrency;
        if (limit === undefined) {
          return [{ logicalId: mapping.id, property: 'ScalingConfig.MaximumConcurrency', found: 'not set' }];
        }
        const reserved = consumer.properties.ReservedConcurrentExecutions;
        if (reserved === undefined || Number(reserved) >= Number(limit)) return [];
        const found = `${reserved}, of ${limit}`;
        return [{ logicalId: consumer.id, property: 'ReservedConcurrentExecutions', found }];
      }),
  },
  {
    name: 'SubscriptionDeadLetter',
    requires: 'A subscription keeps what cannot be delivered in a DLQ.',
    remedy: "Set the subscription's RedrivePolicy: the DLQ of the queue behind it never sees these messages.",
    findings: template =>
      subscriptionsOf(template)
        // SNS has no DLQ for mails and text messages.
        .filter(({ properties }) => !/^(email|email-json|sms)$/.test(String(properties.Protocol)))
        .filter(({ properties }) => properties.RedrivePolicy?.deadLetterTargetArn === undefined)
        .map(({ id }) => ({ logicalId: id, property: 'RedrivePolicy', found: 'not set' })),
  },
  {
    name: 'DeliverableKey',
    requires: 'Queues and topics are under keys that services can be admitted to.',
    remedy: 'Use a key of the account, or SSE-SQS: the policy of an alias/aws key cannot be changed.',
    findings: template =>
      encryptedOf(template)
        .filter(({ key }) => JSON.stringify(key).includes('alias/aws/'))
        .map(({ id, key }) => ({ logicalId: id, property: 'KmsMasterKeyId', found: JSON.stringify(key) })),
  },
  {
    name: 'SeparateKeys',
    requires: 'A topic and a queue have different keys.',
    remedy: 'Give each kind a key of its own: the grants that deliveries need make one key a circle.',
    findings: template => {
      const encrypted = encryptedOf(template);
      const ofTopics = new Set(encrypted.filter(({ isTopic }) => isTopic).map(({ key }) => referredId(key)));
      return encrypted.flatMap(({ id, key, isTopic }) => {
        const keyId = referredId(key);
        if (isTopic || keyId === undefined || !ofTopics.has(keyId)) return [];
        return [{ logicalId: id, property: 'KmsMasterKeyId', found: `${keyId}, the key of a topic` }];
      });
    },
  },
  {
    name: 'LogRetention',
    requires: 'Logs are kept for a stated time.',
    remedy: 'Set RetentionInDays: without it they are kept, and paid for, for ever.',
    findings: template =>
      [...resourcesOfType<{ RetentionInDays: unknown }>(template, 'AWS::Logs::LogGroup').values()]
        .filter(({ properties }) => properties.RetentionInDays === undefined)
        .map(({ id }) => ({ logicalId: id, property: 'RetentionInDays', found: 'not set' })),
  },
  loopRule,
  ...alarmRules,
  ...brokerRules,
  ...encryptionRules,
  ...mappingRules,
  ...messageSizeRules,
  ...policyRules,
  ...subscriptionRules,
  ...waitingRules,
];

function subscriptionsOf(template: CloudFormationTemplate): Resource<SubscriptionProperties>[] {
  return [...resourcesOfType<SubscriptionProperties>(template, 'AWS::SNS::Subscription').values()];
}

function encryptedOf(template: CloudFormationTemplate) {
  return ['AWS::SQS::Queue', 'AWS::SNS::Topic'].flatMap(type =>
    [...resourcesOfType<{ KmsMasterKeyId: unknown }>(template, type).values()].flatMap(
      ({ id, properties }) =>
        properties.KmsMasterKeyId === undefined
          ? []
          : [{ id, key: properties.KmsMasterKeyId, isTopic: type === 'AWS::SNS::Topic' }],
    ),
  );
}
