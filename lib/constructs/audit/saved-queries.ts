import { deadLetterEndings } from './recorded-calls.ts';
import { dayFormat } from './recorded-columns.ts';

/** A question that is asked again and again. */
export interface SavedQuery {
  /** Its id in the tree. */
  readonly id: string;
  /** What it answers, as the console lists it. */
  readonly name: string;
  readonly description: string;
  readonly sql: string;
}

/** Where a query looks, and how far back. */
export interface SavedQueryScope {
  /** Table with its database, quoted. */
  readonly table: string;
  readonly account: string;
  readonly region: string;
}

const who = [
  'eventtime',
  'useridentity.arn AS caller',
  'useridentity.sessioncontext.sessionissuer.arn AS role',
  'sourceipaddress',
  'useragent',
];
const queue = "json_extract_scalar(requestparameters, '$.queueUrl')";

/**
 * Questions that an incident asks. Each names one account and one region, which is what Athena wants of parts
 * that it does not know before; look into another by writing it in their place.
 *
 * @see https://docs.aws.amazon.com/athena/latest/ug/partition-projection-dynamic-id-partitioning.html
 */
export function savedQueries({ table, account, region }: SavedQueryScope): readonly SavedQuery[] {
  const ask = (days: number, columns: readonly string[], conditions: readonly string[]) =>
    [
      `SELECT ${[...who, ...columns].join(',\n       ')}`,
      `FROM ${table}`,
      `WHERE account = '${account}'`,
      `  AND region = '${region}'`,
      `  AND day >= date_format(current_date - interval '${days}' day, '${dayFormat.queried}')`,
      ...conditions.map(condition => `  AND ${condition}`),
      'ORDER BY eventtime DESC',
      'LIMIT 1000',
    ].join('\n');
  return [
    {
      id: 'WhoPurged',
      name: 'Who purged a queue',
      description: 'Purges of the last 30 days, those that were refused too',
      sql: ask(
        30,
        [`${queue} AS queue`, 'errorcode'],
        ["eventsource = 'sqs.amazonaws.com'", "eventname = 'PurgeQueue'"],
      ),
    },
    {
      id: 'WhoChangedPolicies',
      name: 'Who changed a queue or topic, or its policy',
      description: 'Changes of the last 30 days, those of stacks too',
      sql: ask(
        30,
        [
          'eventname',
          `coalesce(${queue}, json_extract_scalar(requestparameters, '$.topicArn')) AS changed`,
          'requestparameters',
          'errorcode',
        ],
        [
          "eventsource IN ('sqs.amazonaws.com', 'sns.amazonaws.com')",
          "eventname IN ('SetQueueAttributes', 'SetTopicAttributes', 'AddPermission', 'RemovePermission')",
        ],
      ),
    },
    {
      id: 'WhoReadDeadLetters',
      name: 'Who read a DLQ',
      description: 'Receives from DLQs in the last 7 days',
      sql: ask(
        7,
        [`${queue} AS queue`, 'errorcode'],
        [
          "eventsource = 'sqs.amazonaws.com'",
          "eventname = 'ReceiveMessage'",
          `regexp_like(${queue}, '(${deadLetterEndings.map(literally).join('|')})$')`,
        ],
      ),
    },
  ];
}

/** A text as a regular expression that matches it alone. */
function literally(text: string): string {
  return text.replaceAll('.', '\\.');
}
