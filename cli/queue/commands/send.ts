import { readFileSync } from 'node:fs';
import { text as textOf } from 'node:stream/consumers';
import { permissions } from '../../aws/permissions.ts';
import { type Answer, type Call, defineCommand } from '../../command/define-command.ts';
import { seconds, wholeNumber } from '../../command/option-values.ts';
import { UsageError } from '../../command-errors.ts';
import { messageAttribute } from '../../messages/attribute-option.ts';
import { fitting } from '../../messages/fitting.ts';
import { MessageFormatError } from '../../messages/message-document.ts';
import { messagesOfFile, messagesOfStream } from '../../messages/message-source.ts';
import type { MessageAttributes, OutgoingMessage, Queue } from '../../queues/queues.ts';
import { sendMany } from '../send-many.ts';

interface Flags {
  readonly file?: string;
  readonly attribute?: MessageAttributes;
  readonly delay?: number;
  readonly group?: string;
  readonly dedupId?: string;
  readonly batch?: string;
  readonly concurrency: number;
  readonly rate?: number;
  readonly unsent?: string;
}

export const send = defineCommand<Flags>({
  name: 'send',
  summary: 'send a message, or many',
  description:
    'The body is given, or read from a file or from standard input. With --batch, every line of a file is a ' +
    'message: {"body": …, "attributes": {"eventType": "order_placed"}, "groupId": "…"}. They go in batches of ' +
    'ten, many at a time; what SQS refuses for now is sent again, and what could not be sent is kept in a file.',
  args: { '<queue>': 'name, system/role, output, URL or ARN', '[body]': 'the body' },
  options: command =>
    command
      .option('--file <path>', 'read the body from a file; - is standard input')
      .option(
        '--attribute <name=value>',
        'a message attribute: name=value, name:Number=42, name:Binary=<base64>; repeatable',
        messageAttribute,
      )
      .option('--delay <time>', 'hide the message from receivers so long', seconds(0, 900))
      .option('--group <id>', 'message group: order in a FIFO queue, fairness in a standard one')
      .option('--dedup-id <id>', 'deduplication id, in a FIFO queue')
      .option('--batch <path>', 'send every line of a file as a message; - is standard input')
      .option('--concurrency <n>', 'batches on their way at a time', wholeNumber(1, 50), 16)
      .option('--rate <n>', 'messages a second, with --batch (default: no limit)', wholeNumber(1, 100_000))
      .option('--unsent <path>', 'where lines go that could not be sent (default: the file and .unsent)'),
  examples: [
    `send order-processing/payment '{"event_type":"order_placed","order_id":"7"}' --attribute eventType=order_placed`,
    'send orders --file order.json --delay 30s --local',
    'send ledger.fifo hello --group account-1 --dedup-id 42',
    'send orders --batch orders.ndjson --local',
  ],
  permissions: [...permissions.find, ...permissions.send],
  run: async call => {
    const queue = await call.session.find(call.args[0] ?? '');
    return call.flags.batch === undefined ? sendOne(call, queue) : sendBatch(call, queue, call.flags.batch);
  },
});

async function sendOne({ args, flags, session }: Call<Flags>, queue: Queue): Promise<Answer> {
  const message: OutgoingMessage = {
    id: '1',
    body: await bodyOf(args[1], flags.file, session.context.stdin),
    attributes: flags.attribute ?? {},
    ...(flags.group !== undefined && { groupId: flags.group }),
    ...(flags.dedupId !== undefined && { deduplicationId: flags.dedupId }),
    ...(flags.delay !== undefined && { delaySeconds: flags.delay }),
  };
  try {
    const { id, sequenceNumber } = await session.queues.sendOne(queue, fitting(queue, message));
    return {
      text: `Sent to ${queue.name}: ${id}`,
      document: { outcome: 'done', queue: queue.name, id, ...(sequenceNumber && { sequenceNumber }) },
    };
  } catch (fault) {
    if (!(fault instanceof MessageFormatError)) throw fault;
    throw new UsageError(`${fault.message}. See --group, --dedup-id and --delay.`);
  }
}

async function sendBatch({ args, flags, session }: Call<Flags>, queue: Queue, path: string): Promise<Answer> {
  const alone = ['file', 'attribute', 'delay', 'group', 'dedupId'] as const;
  if (args[1] !== undefined || alone.some(flag => flags[flag] !== undefined)) {
    throw new UsageError('With --batch, bodies, attributes, groups and delays are in the lines of the file.');
  }
  const source =
    path === '-'
      ? messagesOfStream(session.context.stdin as AsyncIterable<Uint8Array>, message =>
          fitting(queue, message),
        )
      : await messagesOfFile(path, message => fitting(queue, message));
  const unsent = flags.unsent ?? (path === '-' ? undefined : `${path}.unsent`);
  return sendMany(session, queue, source, {
    concurrency: flags.concurrency,
    ...(flags.rate !== undefined && { rate: flags.rate }),
    ...(unsent !== undefined && { unsent }),
  });
}

async function bodyOf(
  given: string | undefined,
  file: string | undefined,
  stdin: NodeJS.ReadableStream & { readonly isTTY?: boolean | undefined },
): Promise<string> {
  if (given !== undefined && file !== undefined) {
    throw new UsageError('There are two bodies, one as an argument and one in --file: keep one of them.');
  }
  if (given === undefined && file === undefined && stdin.isTTY) {
    throw new UsageError('There is no body: give it after the queue, or with --file, or on standard input.');
  }
  const body = given ?? (file === undefined || file === '-' ? await textOf(stdin) : readBody(file));
  if (body === '') throw new UsageError('The body is empty, and SQS takes no message without one.');
  return body;
}

function readBody(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (fault) {
    throw new UsageError(`The body cannot be read from ${file}: ${(fault as Error).message}`);
  }
}
