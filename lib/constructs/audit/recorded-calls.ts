import type { RecordedCalls } from './audit-trail.ts';

/**
 * Calls that change what there is: few, and what alarms are about. Of KMS too, whose uses of keys are reads to
 * CloudTrail.
 */
export const changes: readonly RecordedCalls[] = [
  {
    name: 'Calls that change what there is',
    fields: [
      { field: 'eventCategory', equalTo: ['Management'] },
      { field: 'readOnly', equalTo: ['false'] },
    ],
  },
];

/** Calls that look at what there is, uses of keys among them. */
const looks: RecordedCalls = {
  name: 'Calls that look at what there is',
  fields: [
    { field: 'eventCategory', equalTo: ['Management'] },
    { field: 'readOnly', equalTo: ['true'] },
  ],
};

const data = (type: string) => [
  { field: 'eventCategory', equalTo: ['Data'] },
  { field: 'resources.type', equalTo: [type] },
];

/**
 * Topics that queues and functions of the systems are subscribed to: DLQs of subscriptions are called after them,
 * `payment-undelivered-order-placed`. CloudTrail asks how names end, and not what is in them.
 */
const subscribedTopics = [
  'mail-feedback',
  'new-post',
  'notices',
  'order-events',
  'order-events.fifo',
  'order-placed',
  'parcels',
  'prices',
  'uploads',
  'user-events',
];

/** How names of DLQs end: of queues, of rules and schedules, of functions, of consumers, and of subscriptions. */
export const deadLetterEndings: readonly string[] = [
  '-dlq',
  '-dlq.fifo',
  '-undelivered',
  '-subscription-failed',
  '-rejects',
  '-undelivered-in-secondary',
  ...subscribedTopics.map(topic => `-undelivered-${topic}`),
];

/** Calls with messages, by which of them a stage wants to have recorded. */
export const accesses = {
  'dead-letter-queues': [
    looks,
    {
      name: 'Messages of DLQs',
      fields: [...data('AWS::SQS::Queue'), { field: 'resources.ARN', endsWith: [...deadLetterEndings] }],
    },
  ],
  'queues-and-topics': [
    looks,
    { name: 'Messages of queues', fields: data('AWS::SQS::Queue') },
    { name: 'Messages of topics', fields: data('AWS::SNS::Topic') },
  ],
} satisfies Readonly<Record<string, readonly RecordedCalls[]>>;
