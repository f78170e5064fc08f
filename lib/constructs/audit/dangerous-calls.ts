import type { AlarmText } from '../monitoring/runbook.ts';

/** Calls of one kind that a person should hear of. */
export interface DangerousCalls {
  /** Name of the metric that counts them, and of its alarm. */
  readonly name: string;
  /** What selects them among all calls that change something: a filter pattern of CloudWatch Logs. */
  readonly pattern: string;
  readonly text: AlarmText;
}

/** Names that no template gives: what is told from the rest by them. */
export interface AuditedNames {
  /** Bucket of what is recorded. */
  readonly bucketName: string;
  /** How names of queues begin that programs make and delete all the time. */
  readonly shortLivedQueues: readonly string[];
}

const all = (...terms: readonly string[]) => terms.join(' && ');
const any = (...terms: readonly string[]) => (terms.length === 1 ? terms.join() : `(${terms.join(' || ')})`);
const is = (field: string, value: string) => `($.${field} = "${value}")`;
const isNot = (field: string, value: string) => `($.${field} != "${value}")`;
const called = (service: string, ...names: readonly string[]) =>
  `(${all(is('eventSource', `${service}.amazonaws.com`), any(...names.map(name => is('eventName', name))))})`;
const succeeded = '($.errorCode NOT EXISTS)';
/** Not on behalf of a stack: a deployment was reviewed, and is in its stack's events. */
const byHand = isNot('sourceIPAddress', 'cloudformation.amazonaws.com');
const select = (...terms: readonly string[]) => `{ ${all(...terms, succeeded)} }`;

/**
 * Calls by which a bucket keeps less than it should: its policy refuses deletion, and S3 itself deletes what the
 * lifecycle says, whatever the policy.
 */
const keepingCalls = [
  'DeleteBucketLifecycle',
  'DeleteBucketPolicy',
  'PutBucketLifecycle',
  'PutBucketObjectLockConfiguration',
  'PutBucketPolicy',
  'PutBucketVersioning',
];

/**
 * Calls that lose messages, let somebody in or shut everybody out. CloudTrail takes all of them for management
 * events. `!=` is asked of fields alone that every such call has.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/logging-using-cloudtrail.html
 */
export function dangerousCalls({ bucketName, shortLivedQueues }: AuditedNames): readonly DangerousCalls[] {
  const lasting = shortLivedQueues.map(prefix => isNot('requestParameters.queueUrl', `*/${prefix}*`));
  return [
    {
      name: 'Purged',
      pattern: select(called('sqs', 'PurgeQueue')),
      text: {
        means: 'Somebody purged a queue.',
        breaks: 'Its messages are gone: what was not done of them is not done, until it is sent again.',
        runbook: 'purged',
      },
    },
    {
      name: 'Deleted',
      pattern: select(
        any(`(${all(called('sqs', 'DeleteQueue'), ...lasting)})`, called('sns', 'DeleteTopic')),
        byHand,
      ),
      text: {
        means: 'Somebody deleted a queue or a topic, and no stack did.',
        breaks: 'Messages in the queue are gone, senders fail, and what a topic told is told to nobody.',
        runbook: 'deleted',
      },
    },
    {
      name: 'ChangedByHand',
      pattern: select(
        any(
          called('sqs', 'AddPermission', 'RemovePermission', 'SetQueueAttributes'),
          called('sns', 'AddPermission', 'RemovePermission', 'SetTopicAttributes'),
          called('kms', 'PutKeyPolicy'),
        ),
        byHand,
      ),
      text: {
        means: 'Somebody changed a queue or topic, its policy, or the policy of a key, and no stack did.',
        breaks:
          'Others may read messages now, or those who should cannot deliver; the template says otherwise.',
        runbook: 'changedByHand',
      },
    },
    {
      name: 'KeyTakenAway',
      pattern: select(called('kms', 'DisableKey', 'ScheduleKeyDeletion')),
      text: {
        means: 'Somebody disabled a key, or scheduled its deletion.',
        breaks:
          'What it encrypts can be neither sent nor read, and is lost for good once the key is deleted.',
        runbook: 'keyTakenAway',
      },
    },
    {
      name: 'TrailChanged',
      pattern: select(
        any(
          called('cloudtrail', 'DeleteTrail', 'PutEventSelectors', 'StopLogging', 'UpdateTrail'),
          `(${all(called('s3', ...keepingCalls), is('requestParameters.bucketName', bucketName))})`,
        ),
        byHand,
      ),
      text: {
        means: 'Somebody changed what is recorded, or how the bucket keeps it.',
        breaks: 'What is done from then on may be recorded nowhere, and what was recorded may be deleted.',
        runbook: 'trailChanged',
      },
    },
  ];
}
