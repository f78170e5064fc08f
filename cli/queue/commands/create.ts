import { permissions } from '../../aws/permissions.ts';
import { defineCommand } from '../../command/define-command.ts';
import { nameAndValue, seconds, wholeNumber } from '../../command/option-values.ts';
import { UsageError } from '../../command-errors.ts';
import { parseQueueAddress } from '../../queues/queue-address.ts';

interface Flags {
  readonly fifo?: boolean;
  readonly visibility?: number;
  readonly retention?: number;
  readonly delay?: number;
  readonly wait: number;
  readonly dlq?: string;
  readonly maxReceives: number;
  readonly attribute?: Readonly<Record<string, string>>;
  readonly tag?: Readonly<Record<string, string>>;
}

export const create = defineCommand<Flags>({
  name: 'create',
  summary: 'make a queue',
  description:
    'Where a queue of that name and those settings exists, it is taken as it is. ' +
    'Queues of a system are made by its stack: make one here to try something out.',
  args: {
    '<name>': 'up to 80 letters, digits, hyphens and underscores; .fifo at the end makes a FIFO queue',
  },
  aboutQueue: false,
  options: command =>
    command
      .option('--fifo', 'a FIFO queue: .fifo is put at the end of the name')
      .option(
        '--visibility <time>',
        'how long a received message stays hidden (SQS: 30s)',
        seconds(0, 43_200),
      )
      .option('--retention <time>', 'how long messages are kept (SQS: 4d)', seconds(60, 1_209_600))
      .option('--delay <time>', 'how long each message stays hidden at first', seconds(0, 900))
      .option('--wait <time>', 'how long a receive waits for messages', seconds(0, 20), 20)
      .option('--dlq <queue>', 'the queue that failed messages go to')
      .option('--max-receives <n>', 'receives before they do', wholeNumber(1, 1000), 5)
      .option('--attribute <name=value>', 'another attribute, as SQS names it; repeatable', nameAndValue)
      .option('--tag <name=value>', 'a tag; repeatable', nameAndValue),
  examples: [
    'create orders --dlq orders-dlq --local',
    'create ledger --fifo --attribute ContentBasedDeduplication=true --tag owner=me',
  ],
  permissions: [...permissions.create, ...permissions.find],
  run: async ({ args: [name = ''], flags, session }) => {
    const queueName = flags.fifo && !name.endsWith('.fifo') ? `${name}.fifo` : name;
    if (parseQueueAddress(queueName).name !== queueName) {
      throw new UsageError(
        `"${name}" is no name for a new queue: give the name alone, without stack, URL or ARN.`,
      );
    }
    const dlq = flags.dlq === undefined ? undefined : await session.find(flags.dlq);
    if (dlq && dlq.fifo !== queueName.endsWith('.fifo')) {
      throw new UsageError(
        `${dlq.name} cannot be the DLQ of ${queueName}: both are FIFO queues, or none is.`,
      );
    }
    const queue = await session.administration.create({
      name: queueName,
      attributes: {
        ...(queueName.endsWith('.fifo') && { FifoQueue: 'true' }),
        ...(flags.visibility !== undefined && { VisibilityTimeout: String(flags.visibility) }),
        ...(flags.retention !== undefined && { MessageRetentionPeriod: String(flags.retention) }),
        ...(flags.delay !== undefined && { DelaySeconds: String(flags.delay) }),
        ReceiveMessageWaitTimeSeconds: String(flags.wait),
        ...(dlq && {
          RedrivePolicy: JSON.stringify({ deadLetterTargetArn: dlq.arn, maxReceiveCount: flags.maxReceives }),
        }),
        ...flags.attribute,
      },
      tags: flags.tag ?? {},
    });
    const { url, arn } = queue;
    return { text: `${queue.name}\n${url}\n${arn}`, document: { name: queue.name, url, arn } };
  },
});
