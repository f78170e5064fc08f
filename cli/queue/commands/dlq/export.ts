import { permissions } from '../../../aws/permissions.ts';
import { type Answer, type Call, defineCommand } from '../../../command/define-command.ts';
import { mayDestroy } from '../../../command/safeguard.ts';
import { addSafeguardOptions, type SafeguardFlags } from '../../../command/safeguard-options.ts';
import { CommandFailure, UsageError } from '../../../command-errors.ts';
import { parseQueueAddress } from '../../../queues/queue-address.ts';
import type { Queue, QueueState } from '../../../queues/queues.ts';
import { counted } from '../../../terminal/counted.ts';
import { progressBar } from '../../../terminal/progress-bar.ts';
import { type ExportResult, exportMessages, type LineSink, newFile } from '../../export-messages.ts';

interface Flags extends SafeguardFlags {
  readonly out?: string;
  readonly delete?: boolean;
}

export const dlqExport = defineCommand<Flags>({
  name: 'export',
  summary: 'write the messages of a queue to a file, with all that can be sent again',
  description:
    'A line of JSON each, which `queue dlq import` reads. The queue is taken as you name it: the DLQ itself, ' +
    'not the queue whose DLQ it is. The messages stay, hidden while it runs; with --delete, each is deleted ' +
    'once its line is on the disk: unlike a purge, that deletes nothing that is not in the file. Of a group of a ' +
    'FIFO queue, SQS shows the next messages only when the first are gone: export those with --delete.',
  args: { '<queue>': 'name, system/role, output, URL or ARN' },
  options: command =>
    addSafeguardOptions(
      command
        .option('--out <file>', 'the file to make (default: standard output)')
        .option('--delete', 'delete each message once it is in the file'),
    ),
  examples: [
    'dlq export order-processing/payment/dlq --out payment-dlq.ndjson',
    'dlq export order-processing/payment/dlq --out payment-dlq.ndjson --delete --yes --local',
  ],
  permissions: [
    ...permissions.find,
    ...permissions.receive,
    ...permissions.release,
    'sqs:DeleteMessage and sqs:ListQueueTags, with --delete',
  ],
  run: async call => {
    const { args, flags, session } = call;
    if (flags.delete && flags.out === undefined) {
      throw new UsageError('With --delete, say --out <file>: what goes through a pipe may be lost.');
    }
    if (flags.json && flags.out === undefined) {
      throw new UsageError('With --json, say --out <file>: standard output holds the result.');
    }
    const queue = await session.find(args[0] ?? '');
    const state = await session.queues.state(queue);
    refuseSource(queue, state, flags);
    if (flags.delete && !(await mayDelete(call, queue))) {
      return { text: 'Nothing was exported.', document: { outcome: 'declined', exported: 0 }, exitCode: 1 };
    }
    return exportTo(call, queue, state);
  },
});

/** Where looking counts, a message could go to the DLQ for being exported. */
function refuseSource({ name }: Queue, { deadLetterQueueArn }: QueueState, flags: Flags): void {
  if (!deadLetterQueueArn || flags.delete) return;
  const dlq = parseQueueAddress(deadLetterQueueArn).name;
  throw new CommandFailure(
    `${name} has a DLQ, ${dlq}, to which messages might go for being received. Did you mean that? To take the messages out of ${name}, say --delete.`,
  );
}

function mayDelete({ flags, session }: Call<Flags>, queue: Queue): Promise<boolean> {
  const what = `take all messages out of ${queue.name}, into ${flags.out}`;
  const destruction = { queue, what, assumeYes: flags.yes ?? false, confirm: flags.confirm };
  return mayDestroy(session, destruction, session.interrupt);
}

async function exportTo({ flags, session }: Call<Flags>, queue: Queue, state: QueueState): Promise<Answer> {
  const { clock, terminal, interrupt } = session;
  const sink = flags.out === undefined ? standardOutput(session.context.stdout) : await newFile(flags.out);
  const startedAt = clock.now();
  try {
    const options = {
      deleteExported: flags.delete ?? false,
      onProgress: (done: number) =>
        terminal.progress(progressBar({ done, total: state.visible, elapsedMs: clock.now() - startedAt })),
    };
    const result = await exportMessages(session, queue, sink, options, interrupt);
    const complete = isComplete(result, state);
    const text = resultText(queue, result, state, flags.out ?? 'standard output');
    // Standard output holds the lines, and nothing else.
    if (flags.out === undefined) session.context.stderr.write(`${text}\n`);
    return {
      ...(flags.out !== undefined && { text }),
      document: {
        ...result,
        outcome: result.interrupted ? 'interrupted' : complete ? 'done' : 'incomplete',
        queue: queue.name,
        expected: state.visible + state.inFlight + state.delayed,
        file: flags.out,
      },
      exitCode: complete ? 0 : 1,
    };
  } finally {
    await sink.close();
  }
}

function isComplete({ exported, notDeleted, interrupted }: ExportResult, state: QueueState): boolean {
  return (
    !interrupted && notDeleted.length === 0 && exported >= state.visible + state.inFlight + state.delayed
  );
}

function resultText(queue: Queue, result: ExportResult, state: QueueState, to: string): string {
  const { exported, deleted, notDeleted } = result;
  const expected = state.visible + state.inFlight + state.delayed;
  return [
    `${counted(exported, 'message')} of ${queue.name} written to ${to}${deleted > 0 ? `, ${deleted} deleted` : ''}.`,
    ...(result.interrupted ? ['Interrupted: there are more. What is in the file is whole.'] : []),
    ...(!result.interrupted && exported < expected
      ? [
          `Incomplete: SQS counts about ${expected}. The others are in flight, delayed, or behind others of their group: do not purge yet, and run it again.`,
        ]
      : []),
    ...notDeleted.map(id => `  ${id} is in the file and could not be deleted`),
  ].join('\n');
}

function standardOutput(stdout: NodeJS.WritableStream): LineSink {
  return {
    write: lines =>
      new Promise((resolve, reject) => {
        stdout.write(lines, fault => (fault ? reject(fault) : resolve()));
      }),
    close: async () => {},
  };
}
