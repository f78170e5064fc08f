import { Command, InvalidArgumentError, Option } from 'commander';
import { allowedDuration, parseDuration } from './durations.ts';
import { type Load, parseLoad } from './load.ts';

export interface SimulateOptions {
  readonly stack: string;
  /** Part of the name of the fleets to simulate; undefined for all of the stack. */
  readonly fleet: string | undefined;
  readonly load: Load;
  /** As it was given. */
  readonly loadText: string;
  /** Seconds, as all times; undefined for what follows from the load. */
  readonly until: number | undefined;
  readonly boot: number | undefined;
  readonly timePerMessage: number | undefined;
  readonly spread: number | undefined;
  readonly flapWindow: number;
  readonly seed: number;
  readonly svg: string | undefined;
  readonly json: boolean;
  readonly assembly: string | undefined;
  readonly context: readonly string[];
}

const defaultStack = 'video-processing';
const defaultLoad = '1000@t0,10/min';

/** Reads the command line; prints help or what is wrong, and exits, where it cannot be followed. */
export function parseCommandLine(argv: readonly string[]): SimulateOptions {
  const command = new Command('npm run simulate --')
    .description("Plays a load on a fleet's synthesized scaling policies, in simulated time.")
    .option('--stack <name>', 'stack of the fleet', defaultStack)
    .option('--fleet <text>', 'only fleets with this in their name')
    .option('--load <load>', 'what is sent, and when', defaultLoad)
    .addOption(
      new Option(
        '--until <time>',
        'when to stop; by default 3h after the load last changes, at least 6h',
      ).argParser(time),
    )
    .addOption(
      new Option(
        '--boot <time>',
        'from a launch until jobs are taken; by default 2m, for a task 1m',
      ).argParser(time),
    )
    .addOption(
      new Option(
        '--time-per-message <time>',
        'how long a message takes, on average; by default 1m',
      ).argParser(time),
    )
    .addOption(
      new Option(
        '--spread <share>',
        'standard deviation of that, as a share of it; by default 0.5',
      ).argParser(share),
    )
    .addOption(
      new Option('--flap-window <time>', 'a scaling that undoes another so soon after it is flapping')
        .argParser(time)
        .default(600, '10m'),
    )
    .addOption(new Option('--seed <n>', 'another number plays other chances').argParser(whole).default(1))
    .option('--svg <file>', 'draw backlog, workers and age of the oldest message')
    .option('--json', 'print figures for machines')
    .option('--assembly <directory>', 'read this synthesized app instead of synthesizing')
    .option('-c, --context <key=value>', 'context for the synthesis, such as stage=dev', collect, [])
    .addHelpText(
      'after',
      `
A load is one or several of these, separated by commas:
  1000@t0        1,000 messages at once, at the beginning
  500@30m        500 at once, after half an hour
  10/min         10 a minute on average, all the time; also /s and /h
  0-60m:20/min   20 a minute on average, in the first hour

Examples:
  npm run simulate -- --load 1000@t0,10/min --svg burst.svg
  npm run simulate -- --stack container-workers --load 10/min,0-60m:20/min --until 12h
  npm run simulate -- --time-per-message 4m --boot 3m`,
    )
    .parse([...argv]);

  const given = command.opts<{
    stack: string;
    fleet?: string;
    load: string;
    until?: number;
    boot?: number;
    timePerMessage?: number;
    spread?: number;
    flapWindow: number;
    seed: number;
    svg?: string;
    json?: boolean;
    assembly?: string;
    context: string[];
  }>();
  return {
    stack: given.stack,
    fleet: given.fleet,
    load: loadOf(given.load, command),
    loadText: given.load,
    until: given.until,
    boot: given.boot,
    timePerMessage: given.timePerMessage,
    spread: given.spread,
    flapWindow: given.flapWindow,
    seed: given.seed,
    svg: given.svg,
    json: given.json ?? false,
    assembly: given.assembly,
    context: given.context,
  };
}

function loadOf(text: string, command: Command): Load {
  try {
    return parseLoad(text);
  } catch (error) {
    return command.error(`error: ${(error as Error).message}`);
  }
}

function time(text: string): number {
  const seconds = parseDuration(text);
  if (seconds === undefined || seconds === 0) throw new InvalidArgumentError(`Allowed: ${allowedDuration}.`);
  return seconds;
}

function share(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !(value >= 0 && value <= 5)) throw new InvalidArgumentError('Allowed: 0 to 5.');
  return value;
}

function whole(text: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value > 4_294_967_295) {
    throw new InvalidArgumentError('Allowed: a whole number from 0 to 4,294,967,295.');
  }
  return value;
}

function collect(text: string, before: readonly string[]): string[] {
  if (text.indexOf('=') < 1) throw new InvalidArgumentError('Allowed: key=value.');
  return [...before, text];
}
