import { Command, CommanderError, InvalidArgumentError } from 'commander';
import { AwsConnection, localEndpoint } from '../aws/connection.ts';
import { SnsSubscriptions } from '../aws/sns-subscriptions.ts';
import { SqsMoveTasks } from '../aws/sqs-move-tasks.ts';
import { SqsQueues } from '../aws/sqs-queues.ts';
import { CommandFailure, UsageError } from '../command-errors.ts';
import { parseQueueAddress, type QueueAddress } from '../queues/queue-address.ts';
import { systemClock } from '../terminal/clock.ts';
import { type ProcessStreams, ProcessTerminal } from '../terminal/process-terminal.ts';
import { type RedriveOptions, redrive } from './redrive.ts';
import { redriveDocument } from './redrive-document.ts';
import type { RedriveOutcome } from './redrive-result.ts';

/** What a command needs of the process that runs it. */
export interface CommandContext extends ProcessStreams {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Ctrl-C. */
  readonly interrupt: AbortSignal;
}

/** 0: done. 1: something failed, or was stopped before it was done. 2: the command line is wrong. */
export type ExitCode = 0 | 1 | 2;

interface Flags {
  readonly to?: string;
  readonly rate?: number;
  readonly sample: number;
  readonly dryRun?: boolean;
  readonly yes?: boolean;
  readonly json?: boolean;
  readonly local?: boolean;
  readonly endpoint?: string;
  readonly region?: string;
  readonly profile?: string;
}

const successful: readonly RedriveOutcome[] = ['done', 'nothing-to-do', 'dry-run'];

/** Runs `redrive <queue>` and tells how the process is to end. */
export async function runRedrive(args: readonly string[], context: CommandContext): Promise<ExitCode> {
  const command = redriveCommand(context);
  try {
    await command.parseAsync([...args], { from: 'user' });
    return await execute(command.args[0] ?? '', command.opts<Flags>(), context);
  } catch (fault) {
    if (fault instanceof CommanderError) return fault.exitCode === 0 ? 0 : 2;
    if (!(fault instanceof UsageError || fault instanceof CommandFailure)) throw fault;
    if (command.opts<Flags>().json) writeJson(context, { outcome: 'error', error: fault.message });
    context.stderr.write(`${fault.message}\n`);
    return fault instanceof UsageError ? 2 : 1;
  }
}

async function execute(queueText: string, flags: Flags, context: CommandContext): Promise<ExitCode> {
  const queue = parseQueueAddress(queueText);
  const options: RedriveOptions = {
    queue,
    ...(flags.to !== undefined && { to: parseQueueAddress(flags.to) }),
    ...(flags.rate !== undefined && { ratePerSecond: flags.rate }),
    sampleSize: flags.sample,
    dryRun: flags.dryRun ?? false,
    assumeYes: flags.yes ?? false,
  };
  const region = regionOf(queue, flags);
  const endpoint = endpointOf(queue, flags);
  const aws = new AwsConnection({
    ...(endpoint && { endpoint }),
    ...(region && { region }),
    ...(flags.profile && { profile: flags.profile }),
    env: context.env,
  });
  try {
    const report = await redrive(
      options,
      {
        queues: new SqsQueues(aws),
        moveTasks: new SqsMoveTasks(aws),
        subscriptions: new SnsSubscriptions(aws),
        terminal: new ProcessTerminal(context, { dataOnStdout: flags.json ?? false, clock: systemClock }),
        clock: systemClock,
      },
      context.interrupt,
    );
    if (flags.json) writeJson(context, redriveDocument(report));
    return successful.includes(report.outcome) ? 0 : 1;
  } finally {
    aws.close();
  }
}

function redriveCommand({ stdout, stderr }: ProcessStreams): Command {
  return new Command('npm run redrive --')
    .description(
      'Shows what is in a dead-letter queue and, once you say yes, moves it back to where it belongs.\n' +
        'Give the DLQ, or the queue whose DLQ it is.',
    )
    .argument('<queue>', 'name, stack/queue, URL or ARN')
    .option('--to <queue>', 'where the messages go, if not back to where they came from')
    .option(
      '--rate <n>',
      'messages a second, 1 to 500 (default: as fast as SQS chooses)',
      wholeNumber(1, 500),
    )
    .option('--sample <n>', 'messages to look at before, 0 to 100', wholeNumber(0, 100), 10)
    .option('--dry-run', 'look, and move nothing')
    .option('--yes', 'do not ask')
    .option('--json', 'one JSON document on standard output; everything else on standard error')
    .option('--local', `the local cloud, at ${localEndpoint}`)
    .option('--endpoint <url>', 'another AWS endpoint, such as the local cloud on another port', httpUrl)
    .option('--region <region>', "AWS region (default: the queue's, the environment's or the profile's)")
    .option('--profile <name>', 'profile of your AWS configuration')
    .addHelpText(
      'after',
      `
Examples:
  npm run redrive -- order-processing-payment --dry-run
  npm run redrive -- order-processing/payment --rate 10
  npm run redrive -- order-processing-payment-undelivered-order-placed --local --yes

Exit codes: 0 done, 1 something failed, 2 the command line is wrong.`,
    )
    .exitOverride()
    .configureOutput({ writeOut: text => stdout.write(text), writeErr: text => stderr.write(text) });
}

function wholeNumber(smallest: number, largest: number): (text: string) => number {
  return text => {
    const number = Number(text);
    if (!/^\d+$/.test(text) || number < smallest || number > largest) {
      throw new InvalidArgumentError(`Allowed is a whole number from ${smallest} to ${largest}.`);
    }
    return number;
  };
}

function httpUrl(text: string): string {
  if (!/^https?:\/\//.test(text) || !URL.canParse(text)) {
    throw new InvalidArgumentError(`Allowed is a URL such as ${localEndpoint}.`);
  }
  return text;
}

function endpointOf(queue: QueueAddress, { local, endpoint }: Flags): string | undefined {
  if (local && endpoint) {
    throw new UsageError('--local and --endpoint both say where to go: keep one of them.');
  }
  return local ? localEndpoint : (endpoint ?? queue.endpoint);
}

function regionOf(queue: QueueAddress, { region }: Flags): string | undefined {
  if (region && queue.region && region !== queue.region) {
    throw new UsageError(
      `${queue.text} is in ${queue.region}, and --region says ${region}: leave --region out, or correct one of them.`,
    );
  }
  return region ?? queue.region;
}

function writeJson({ stdout }: ProcessStreams, document: object): void {
  stdout.write(`${JSON.stringify(document, null, 2)}\n`);
}
