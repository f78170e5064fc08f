import { permissions } from '../../aws/permissions.ts';
import { type Call, defineCommand } from '../../command/define-command.ts';
import { wholeNumber } from '../../command/option-values.ts';
import { UsageError } from '../../command-errors.ts';
import { messageDocument } from '../../messages/message-document.ts';
import { messageText } from '../../messages/message-text.ts';
import type { Queue, ReceivedMessage } from '../../queues/queues.ts';
import { sample, sampleHiddenSeconds } from '../../queues/sampling.ts';
import { counted } from '../../terminal/counted.ts';

interface Flags {
  readonly max: number;
  readonly yes?: boolean;
}

export const peek = defineCommand<Flags>({
  name: 'peek',
  summary: 'look at messages and leave them in the queue',
  description:
    'SQS has no way of looking that does not count: messages are received and shown to others again at once, ' +
    'and the receive count of each goes up by one. In a queue with a DLQ, one that was received as often as ' +
    'its redrive policy allows goes there for being looked at; you are told how near each is.',
  args: { '<queue>': 'name, system/role, output, URL or ARN' },
  options: command =>
    command
      .option('--max <n>', 'messages to look at', wholeNumber(1, 100), 10)
      .option('--yes', 'do not ask where a look may send messages to the DLQ'),
  examples: ['peek orders --local', 'peek order-processing/payment/dlq --max 50 --json'],
  permissions: [...permissions.find, ...permissions.receive, ...permissions.release],
  run: async call => {
    const { args, flags, session } = call;
    const queue = await session.find(args[0] ?? '');
    const state = await session.queues.state(queue);
    if (
      state.maxReceiveCount !== undefined &&
      state.maxReceiveCount <= 2 &&
      !(await mayLook(call, queue, state.maxReceiveCount))
    ) {
      return {
        text: 'Nothing was looked at.',
        document: { outcome: 'declined', queue: queue.name },
        exitCode: 1,
      };
    }
    const { messages, released } = await sample(session.queues, queue, {
      size: flags.max,
      visible: state.visible,
      signal: session.interrupt,
    });
    const notes = notesOn(messages, state.maxReceiveCount, released);
    return {
      text: [
        ...messages.map(message => messageText(message, { now: Date.now(), receiptHandle: false })),
        messages.length === 0 ? 'No message is visible.' : counted(messages.length, 'message'),
        ...notes,
      ].join('\n'),
      document: { queue: queue.name, messages: messages.map(messageDocument), notes },
    };
  },
});

async function mayLook(
  { flags, session }: Call<Flags>,
  { name }: Queue,
  maxReceives: number,
): Promise<boolean> {
  if (flags.yes) return true;
  const warning = `${name} sends a message to its DLQ after ${counted(maxReceives, 'receive')}, and looking counts as one.`;
  if (!session.terminal.interactive) throw new UsageError(`${warning} Say --yes to look all the same.`);
  return session.terminal.confirm(`${warning} Look all the same?`, session.interrupt);
}

function notesOn(
  messages: readonly ReceivedMessage[],
  maxReceives: number | undefined,
  released: boolean,
): readonly string[] {
  const notes: string[] = [];
  if (messages.length > 0) notes.push('Looking has counted as one receive of each.');
  if (maxReceives !== undefined) {
    const near = messages.filter(({ receiveCount }) => receiveCount >= maxReceives - 1);
    notes.push(
      ...near.map(({ id, receiveCount }) =>
        receiveCount >= maxReceives
          ? `${id} has been received ${receiveCount} of ${maxReceives} times: it goes to the DLQ with the next receive, a look included.`
          : `${id} has been received ${receiveCount} of ${maxReceives} times: its consumer has one try left.`,
      ),
    );
  }
  if (!released) {
    notes.push(`They stay hidden for up to ${sampleHiddenSeconds} s: they could not be released.`);
  }
  return notes;
}
