import { Command, Option } from 'commander';
import type { CommandContext, ExitCode } from '../command/command-context.ts';
import { type Invocation, writeJson } from '../command/invocation.ts';
import { wholeNumber } from '../command/option-values.ts';
import { runProgram } from '../command/run-program.ts';
import { UsageError } from '../command-errors.ts';
import { costDocument } from './cost-document.ts';
import { estimate } from './estimate.ts';
import { FreeTier } from './prices/free-tier.ts';
import { readPriceTable } from './prices/price-table.ts';
import { type ReportHead, reportText, type SystemReport } from './report.ts';
import { savings } from './savings.ts';
import { synthesize } from './synthesis.ts';
import { readTemplates, selectTemplates } from './templates.ts';
import { trafficProfiles } from './traffic/profiles.ts';

interface Flags {
  readonly ordersPerDay?: number;
  readonly system?: string;
  readonly all?: boolean;
  readonly stage: string;
  readonly region: string;
  readonly freeTier?: boolean;
  readonly templateDir?: string;
  readonly json?: boolean;
}

const defaultSystem = 'order-processing';
const mostPerDay = 1_000_000_000;

/** The cost command, put together for one invocation. */
export function costProgram(invocation: Invocation): Command {
  const command = new Command('npm run cost --')
    .description(
      "Estimates a system's monthly cost from its synthesized template and a dated table of list prices.",
    )
    .option(
      '--orders-per-day <n>',
      'orders a day; in systems that take none, uploads, searches or sign-ups',
      wholeNumber(0, mostPerDay),
    )
    .option('--system <name>', `which system (default: ${defaultSystem})`)
    .option('--all', 'every system, each with that traffic')
    .addOption(
      new Option('--stage <stage>', 'as it is deployed there').choices(['dev', 'prod']).default('dev'),
    )
    .option('--region <region>', 'whose prices', 'us-east-1')
    .option('--free-tier', 'take off what an account has free every month; the systems share it')
    .option('--template-dir <directory>', 'read this synthesized app instead of synthesizing')
    .option('--json', 'JSON on standard output')
    .addHelpText('after', helpText);
  return command.action(async () => {
    const flags = command.opts<Flags>();
    invocation.json = flags.json ?? false;
    const { systems, head } = await reportFor(flags);
    if (flags.json) writeJson(invocation.context, costDocument(systems, head));
    else invocation.context.stdout.write(`${reportText(systems, head)}\n`);
  });
}

/** Runs the cost command and tells how the process is to end. */
export function runCost(args: readonly string[], context: CommandContext): Promise<ExitCode> {
  return runProgram(costProgram, args, context);
}

async function reportFor(flags: Flags): Promise<{ systems: readonly SystemReport[]; head: ReportHead }> {
  const { ordersPerDay: unitsPerDay, system, all, stage, region, freeTier: takesFree = false } = flags;
  if (unitsPerDay === undefined) throw new UsageError('Say how much there is to do: --orders-per-day 1000.');
  if (system !== undefined && all)
    throw new UsageError('--system and --all both say which: keep one of them.');
  const prices = readPriceTable(region);
  const directory = flags.templateDir ?? (await synthesize({ stage }));
  const templates = selectTemplates(readTemplates(directory), all ? undefined : (system ?? defaultSystem));
  const freeTier = new FreeTier(takesFree ? prices.freeTier : {});
  return {
    head: { stage, unitsPerDay, freeTier: takesFree, prices },
    systems: templates.map(template => {
      const options = { template, profile: trafficProfiles[template.name], unitsPerDay, prices };
      return { estimate: estimate({ ...options, freeTier }), savings: savings(options) };
    }),
  };
}

const helpText = `
Examples:
  npm run cost -- --orders-per-day 1000
  npm run cost -- --orders-per-day 100000 --system notifications --stage prod
  npm run cost -- --orders-per-day 1000 --all --free-tier
  npm run cost -- --orders-per-day 1000 --all --json

How it counts, and where it is wrong: docs/cost.md.
Exit codes: 0 done, 1 something failed, 2 the command line is wrong.`;
