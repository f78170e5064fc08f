import { permissions } from '../../../aws/permissions.ts';
import { defineCommand } from '../../../command/define-command.ts';
import { wholeNumber } from '../../../command/option-values.ts';
import { importable } from '../../../messages/importable.ts';
import { messagesOfFile, messagesOfStream } from '../../../messages/message-source.ts';
import { sendMany } from '../../send-many.ts';

interface Flags {
  readonly concurrency: number;
  readonly rate?: number;
  readonly unsent?: string;
  readonly newDeduplicationIds?: boolean;
}

export const dlqImport = defineCommand<Flags>({
  name: 'import',
  summary: 'send the messages of an exported file',
  description:
    'Body, attributes, group and deduplication id are as they were; message id, time of sending and receive ' +
    'count are new. The queue is taken as you name it: the DLQ, or the queue that works them off. SQS cannot ' +
    'tell where imported messages belong: redrive them from a DLQ with --to.',
  args: {
    '<queue>': 'name, system/role, output, URL or ARN',
    '<file>': 'as written by `queue dlq export`; - is standard input',
  },
  options: command =>
    command
      .option('--concurrency <n>', 'batches on their way at a time', wholeNumber(1, 50), 16)
      .option('--rate <n>', 'messages a second (default: no limit)', wholeNumber(1, 100_000))
      .option(
        '--new-deduplication-ids',
        'for a FIFO queue that got the same messages less than 5 minutes ago',
      )
      .option('--unsent <path>', 'where lines go that could not be sent (default: the file and .unsent)'),
  examples: [
    'dlq import order-processing/payment payment-dlq.ndjson --rate 50',
    'dlq import order-processing/payment/dlq payment-dlq.ndjson --local',
  ],
  permissions: [...permissions.find, ...permissions.send],
  run: async ({ args: [text = '', path = ''], flags, session }) => {
    const queue = await session.find(text);
    const check = importable(queue, {
      newDeduplicationIds: flags.newDeduplicationIds ?? false,
      now: Date.now(),
    });
    const source =
      path === '-'
        ? messagesOfStream(session.context.stdin as AsyncIterable<Uint8Array>, check)
        : await messagesOfFile(path, check);
    const unsent = flags.unsent ?? (path === '-' ? undefined : `${path}.unsent`);
    return sendMany(session, queue, source, {
      concurrency: flags.concurrency,
      ...(flags.rate !== undefined && { rate: flags.rate }),
      ...(unsent !== undefined && { unsent }),
    });
  },
});
