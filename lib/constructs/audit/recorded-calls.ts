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

/** How names of DLQs end: of queues, FIFO ones too, and of subscriptions and schedules. */
const deadLetterEndings = ['-dlq', '-dlq.fifo', '-undelivered'];

/** Calls with messages, by which of them a stage wants to have recorded. */
export const accesses = {
  'dead-letter-queues': [
    looks,
    {
      name: 'Messages of DLQs',
      fields: [...data('AWS::SQS::Queue'), { field: 'resources.ARN', endsWith: deadLetterEndings }],
    },
  ],
  'queues-and-topics': [
    looks,
    { name: 'Messages of queues', fields: data('AWS::SQS::Queue') },
    { name: 'Messages of topics', fields: data('AWS::SNS::Topic') },
  ],
} satisfies Readonly<Record<string, readonly RecordedCalls[]>>;
