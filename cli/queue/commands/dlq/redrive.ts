import { permissions } from '../../../aws/permissions.ts';
import { defineCommand } from '../../../command/define-command.ts';
import { repeated, seconds, wholeNumber } from '../../../command/option-values.ts';
import { addSafeguardOptions, type SafeguardFlags } from '../../../command/safeguard-options.ts';
import { journalFor } from '../../../redrive/copy-journal.ts';
import type { MessageFilter } from '../../../redrive/message-filter.ts';
import { redrive } from '../../../redrive/redrive.ts';
import { redriveDocument } from '../../../redrive/redrive-document.ts';
import type { RedriveOutcome } from '../../../redrive/redrive-result.ts';

interface Flags extends SafeguardFlags {
  readonly to?: string;
  readonly rate?: number;
  readonly sample: number;
  readonly dryRun?: boolean;
  readonly type?: string;
  readonly reason?: string;
  readonly id?: readonly string[];
  readonly olderThan?: number;
  readonly newerThan?: number;
}

const successful: readonly RedriveOutcome[] = ['done', 'nothing-to-do', 'dry-run'];
/** Longer than SQS keeps a message. */
const fifteenDays = 1_296_000;

export const dlqRedrive = defineCommand<Flags>({
  name: 'redrive',
  summary: 'show what is in a DLQ and, once you say yes, move it back to where it belongs',
  description:
    'Give the DLQ, or the queue whose DLQ it is. SQS moves messages of a queue itself; those of a subscription, ' +
    'and those that --type, --reason, --id, --older-than or --newer-than choose, are copied, and each is deleted ' +
    'once its copy is accepted. Stopped at any time, it goes on where it was when it is run again.',
  args: { '<queue>': 'name, system/role, output, URL or ARN' },
  options: command =>
    addSafeguardOptions(
      command
        .option('--to <queue>', 'where the messages go, if not back to where they came from')
        .option(
          '--rate <n>',
          'messages a second, 1 to 500 (default: as fast as SQS chooses)',
          wholeNumber(1, 500),
        )
        .option('--sample <n>', 'messages to look at before, 0 to 100', wholeNumber(0, 100), 10)
        .option('--dry-run', 'look, and move nothing')
        .option('--type <type>', 'only messages of this type')
        .option('--reason <text>', 'only messages whose reason contains this')
        .option('--id <message-id>', 'only this message; repeatable', repeated)
        .option('--older-than <time>', 'only messages sent so long ago, or longer', seconds(0, fifteenDays))
        .option('--newer-than <time>', 'only messages sent so long ago, or less', seconds(1, fifteenDays)),
    ),
  examples: [
    'dlq redrive order-processing-payment --dry-run',
    'dlq redrive order-processing/payment --rate 10',
    'dlq redrive order-processing/payment --type order_placed --older-than 2h',
    'dlq redrive order-processing-payment-undelivered-order-placed --local --yes',
  ],
  permissions: [
    ...permissions.find,
    ...permissions.sources,
    ...permissions.tags,
    ...permissions.receive,
    ...permissions.release,
    ...permissions.startMove,
    ...permissions.listMoves,
    'sqs:CancelMessageMoveTask',
    'for the DLQ of a subscription also sns:ListSubscriptions and sns:GetSubscriptionAttributes, unless you give --to',
  ],
  run: async ({ args: [text = ''], flags, session }) => {
    const filter = filterOf(flags);
    const report = await redrive(
      {
        queue: session.address(text),
        ...(flags.to !== undefined && { to: session.address(flags.to) }),
        ...(flags.rate !== undefined && { ratePerSecond: flags.rate }),
        ...(flags.confirm !== undefined && { confirm: flags.confirm }),
        ...(Object.keys(filter).length > 0 && { filter }),
        sampleSize: flags.sample,
        dryRun: flags.dryRun ?? false,
        assumeYes: flags.yes ?? false,
      },
      { ...session, journal: (from, to) => journalFor(from, to, session.context.env) },
      session.interrupt,
    );
    return { document: redriveDocument(report), exitCode: successful.includes(report.outcome) ? 0 : 1 };
  },
});

function filterOf({ id, type, reason, olderThan, newerThan }: Flags): MessageFilter {
  return {
    ...(id !== undefined && { ids: id }),
    ...(type !== undefined && { type }),
    ...(reason !== undefined && { reason }),
    ...(olderThan !== undefined && { olderThanSeconds: olderThan }),
    ...(newerThan !== undefined && { newerThanSeconds: newerThan }),
  };
}
