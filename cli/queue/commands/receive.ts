import { permissions } from '../../aws/permissions.ts';
import { type Call, defineCommand } from '../../command/define-command.ts';
import { writeJson } from '../../command/invocation.ts';
import { seconds, wholeNumber } from '../../command/option-values.ts';
import { UsageError } from '../../command-errors.ts';
import { messageDocument } from '../../messages/message-document.ts';
import { messageText } from '../../messages/message-text.ts';
import { deleteMessages } from '../../queues/deletion.ts';
import { maxBatchSize, type Queue, type ReceivedMessage } from '../../queues/queues.ts';
import { release } from '../../queues/sampling.ts';
import { counted } from '../../terminal/counted.ts';

interface Flags {
  readonly max: number;
  readonly wait: number;
  readonly visibility?: number;
  readonly keep?: boolean;
  readonly delete?: boolean;
}

export const receive = defineCommand<Flags>({
  name: 'receive',
  summary: 'receive messages, as a consumer does',
  description:
    'They stay in the queue, hidden for its visibility timeout, within which `queue delete` takes their ' +
    'receipt handles. --delete deletes them once they are shown; --keep shows them to others again at once. ' +
    'Every receive counts: in a queue with a DLQ, a message that is received too often goes there.',
  args: { '<queue>': 'name, system/role, output, URL or ARN' },
  options: command =>
    command
      .option('--max <n>', 'messages to receive', wholeNumber(1, 1000), maxBatchSize)
      .option('--wait <time>', 'how long to wait for the first (long poll)', seconds(0, 20), 20)
      .option('--visibility <time>', "how long to hide them (default: the queue's own)", seconds(0, 43_200))
      .option('--keep', 'show them to others again at once')
      .option('--delete', 'delete them once they are shown'),
  examples: [
    'receive orders --local',
    'receive orders --max 100 --delete --json',
    'receive orders --keep --wait 5s',
  ],
  permissions: [
    ...permissions.find,
    ...permissions.receive,
    `${permissions.delete}, with --delete`,
    `${permissions.release}, with --keep`,
  ],
  run: async call => {
    const { args, flags, session } = call;
    if (flags.keep && flags.delete) throw new UsageError('--keep and --delete exclude each other.');
    const queue = await session.find(args[0] ?? '');
    const messages = await received(call, queue);
    show(call, queue, messages);
    if (flags.keep) await release(session.queues, queue, messages);
    if (!flags.delete) return {};
    const failures = await deleteMessages(session, queue, messages);
    for (const { id, reason } of failures)
      session.terminal.say(`${id} is not deleted and comes again: ${reason}`);
    return { exitCode: failures.length > 0 ? 1 : 0 };
  },
});

async function received({ flags, session }: Call<Flags>, queue: Queue): Promise<readonly ReceivedMessage[]> {
  const messages = new Map<string, ReceivedMessage>();
  while (messages.size < flags.max && !session.interrupt.aborted) {
    const batch = await session.queues.receive(queue, {
      maxMessages: Math.min(maxBatchSize, flags.max - messages.size),
      // Only the first answer is worth waiting for; a second without wait asks some of SQS's servers only.
      waitSeconds: messages.size === 0 ? flags.wait : Math.min(flags.wait, 1),
      ...(flags.visibility !== undefined && { visibilityTimeoutSeconds: flags.visibility }),
    });
    const before = messages.size;
    for (const message of batch) messages.set(message.id, message);
    if (messages.size === before) break;
  }
  return [...messages.values()];
}

/** Before anything is deleted: what has been shown is not lost, whatever comes next. */
function show({ flags, session }: Call<Flags>, queue: Queue, messages: readonly ReceivedMessage[]): void {
  if (flags.json) {
    writeJson(session.context, {
      queue: queue.name,
      messages: messages.map(message => ({
        ...messageDocument(message),
        receiptHandle: message.receiptHandle,
      })),
    });
    return;
  }
  const options = { now: Date.now(), receiptHandle: !flags.keep && !flags.delete };
  for (const message of messages) session.terminal.say(messageText(message, options));
  session.terminal.say(
    messages.length === 0 ? `No message came within ${flags.wait} s.` : counted(messages.length, 'message'),
  );
}
