import { Command, Option } from 'commander';
import { moment, windowOf } from '../archive/window.ts';
import { permissions } from '../aws/permissions.ts';
import type { CommandContext, ExitCode } from '../command/command-context.ts';
import { addCommonOptions, type CommonFlags } from '../command/common-options.ts';
import type { Invocation } from '../command/invocation.ts';
import { repeated, seconds, wholeNumber } from '../command/option-values.ts';
import { runProgram } from '../command/run-program.ts';
import { addSafeguardOptions, type SafeguardFlags } from '../command/safeguard-options.ts';
import { UsageError } from '../command-errors.ts';
import { type ReplayOptions, replay } from './replay.ts';
import { replayDocument } from './replay-document.ts';
import type { ReplayOutcome } from './replay-result.ts';
import { newReplayId, StateFile, stateFileFor } from './replay-state.ts';

interface Flags extends SafeguardFlags {
  readonly from?: number;
  readonly to?: number;
  readonly type?: readonly string[];
  readonly queue?: string;
  readonly rate?: number;
  readonly dryRun?: boolean;
  readonly strict?: boolean;
  readonly resume?: string;
  readonly state?: string;
  readonly stack: string;
  readonly bucket?: string;
  readonly late: number;
}

const successful: readonly ReplayOutcome[] = ['done', 'nothing-to-do', 'dry-run'];
const defaultStack = 'event-archive';
const anHour = 3_600;
/** Longer than SNS goes on trying to deliver. */
const thirtyDays = 2_592_000;

/** The replay command, put together for one invocation. */
export function replayProgram(invocation: Invocation): Command {
  const command = addSafeguardOptions(
    new Command('npm run replay --')
      .description(
        'Shows what the event archive has of a time and, once you say yes, sends it into a queue again.\n' +
          'Consumers know an event that they have had, and do nothing twice. Stopped at any time, it goes on ' +
          'where it was with --resume.',
      )
      .option(
        '--from <time>',
        'events published from then on: 2026-11-01 (UTC), 2026-11-01T10:00:00Z',
        moment,
      )
      .option('--to <time>', 'events published before then; now is one too', moment)
      .option('--type <type>', 'only events of this type; repeatable (default: all)', repeated)
      .option('--queue <queue>', 'where they go: name, system/role, output, URL or ARN')
      .option(
        '--rate <n>',
        'events a second, 1 to 1000 (default: as fast as one batch after the other goes)',
        wholeNumber(1, 1_000),
      )
      .option('--dry-run', 'read all of it, and send nothing')
      .option('--strict', 'end at the first line that is no event')
      .option('--resume <file>', 'go on with a replay that stopped, instead of --from, --to, --type, --queue')
      .option('--state <file>', 'where its state is kept while it runs (default: where you keep such)')
      .option('--stack <name>', 'stack of the archive', defaultStack)
      .option('--bucket <name>', "bucket of the archive, if not the stack's")
      .addOption(
        new Option('--late <time>', 'how late events may have come into the archive: 2h, 3d')
          .argParser(seconds(0, thirtyDays))
          .default(anHour, '1h'),
      ),
  );
  addCommonOptions(command);
  return command.addHelpText('after', helpText).action(async () => {
    const flags = command.opts<Flags & CommonFlags>();
    const resumed = flags.resume === undefined ? undefined : resumedFrom(flags.resume, flags);
    await invocation.run<Flags>(flags, [], resumed?.queue ?? flags.queue, async ({ session }) => {
      const { env } = session.context;
      const begun = resumed?.options ?? newReplay(flags, env);
      const report = await replay(
        {
          ...begun,
          queue: session.address(resumed?.queue ?? flags.queue ?? ''),
          ...(flags.rate !== undefined && { ratePerSecond: flags.rate }),
          ...(flags.confirm !== undefined && { confirm: flags.confirm }),
          connection: connectionOptions(flags),
          strict: flags.strict ?? false,
          dryRun: flags.dryRun ?? false,
          assumeYes: flags.yes ?? false,
        },
        session,
        session.interrupt,
      );
      return { document: replayDocument(report), exitCode: successful.includes(report.outcome) ? 0 : 1 };
    });
  });
}

/** Runs the replay command and tells how the process is to end. */
export function runReplay(args: readonly string[], context: CommandContext): Promise<ExitCode> {
  return runProgram(replayProgram, args, context);
}

function connectionOptions({ local, endpoint, profile }: CommonFlags): readonly string[] {
  return [
    ...(local ? ['--local'] : []),
    ...(endpoint ? ['--endpoint', endpoint] : []),
    ...(profile ? ['--profile', profile] : []),
  ];
}

type Begun = Pick<ReplayOptions, 'state' | 'archive' | 'stateFile'>;

function newReplay(flags: Flags & CommonFlags, env: CommandContext['env']): Begun {
  const { from, to, type: types = [], queue, stack, bucket, late, region, state } = flags;
  if (from === undefined || to === undefined || queue === undefined) {
    throw new UsageError(
      'Say what is to be replayed, and where: --from 2026-11-01 --to 2026-11-02 --queue <queue>; or go on with one that stopped: --resume <file>.',
    );
  }
  const replayId = newReplayId(new Date());
  return {
    state: {
      replayId,
      ...windowOf(from, to),
      types: [...types],
      lateMs: late * 1_000,
      sent: 0,
      malformed: 0,
      failed: 0,
    },
    archive: bucket === undefined ? { stack, region } : { bucket },
    stateFile: state ?? stateFileFor(replayId, env),
  };
}

function resumedFrom(file: string, flags: Flags): { readonly queue: string; readonly options: Begun } {
  const given = (['from', 'to', 'type', 'queue', 'bucket', 'state'] as const).filter(
    name => flags[name] !== undefined,
  );
  if (given.length > 0) {
    throw new UsageError(
      `--resume goes on with what was to be replayed: leave ${given.map(name => `--${name}`).join(', ')} out.`,
    );
  }
  const { queue, bucket, ...state } = new StateFile(file).read();
  return { queue, options: { state, archive: { bucket }, stateFile: file } };
}

const needed = [
  ...permissions.findArchive,
  ...permissions.readArchive,
  ...permissions.find,
  ...permissions.tags,
  ...permissions.send,
];

const helpText = `
Examples:
  npm run replay -- --from 2026-11-01 --to 2026-11-02 --queue order-processing-payment --dry-run
  npm run replay -- --from 2026-11-01 --to 2026-11-02 --type order_placed --queue order-processing/payment --rate 50
  npm run replay -- --from 2026-11-01T10:00:00Z --to 2026-11-01T11:00:00Z --queue order-processing-payment --local --yes

Permissions:
${[...new Set(needed)].map(permission => `  ${permission}\n`).join('')}
Exit codes: 0 done, 1 something failed or was stopped, 2 the command line is wrong.`;
