import { Command, InvalidArgumentError, Option } from 'commander';

export interface RunOptions {
  /** Systems to run; empty for all that have a scenario. */
  readonly systems: readonly string[];
  /** Verify every effect and stop, instead of demonstrating and staying up. */
  readonly check: boolean;
  readonly orders: number;
  readonly json: boolean;
  readonly port: number;
  readonly httpPort: number;
  readonly visibility: number;
  /** Workers of each fleet. */
  readonly workers: number;
  readonly assembly: string | undefined;
  readonly writeOutputs: string | undefined;
  readonly context: readonly string[];
  readonly parameters: Readonly<Record<string, string>>;
}

const defaultSystem = 'order-processing';

/** Reads the command line; prints help or what is wrong, and exits, where it cannot be followed. */
export function parseCommandLine(argv: readonly string[]): RunOptions {
  const command = new Command('npm start --')
    .description('Runs the synthesized app on this machine: no account, no Docker.')
    .argument('[system...]', 'stacks to run', [defaultSystem])
    .option('--all', 'run every system that has a scenario')
    .option('--check', 'put orders in, verify every effect, and exit with 0 or 1')
    .addOption(
      new Option('--orders <n>', 'how much a check puts in').argParser(whole(4, 1_000_000)).default(20),
    )
    .option('--json', 'print the check for machines')
    .addOption(
      new Option('--port <n>', 'port of the AWS endpoint; 0 takes a free one')
        .argParser(whole(0, 65_535))
        .default(4566),
    )
    .addOption(
      new Option('--http-port <n>', 'port of the HTTP intake; 0 takes a free one')
        .argParser(whole(0, 65_535))
        .default(4567),
    )
    .addOption(
      new Option('--visibility <seconds>', 'cap of visibility timeouts, so that failures come back soon')
        .argParser(whole(1, 43_200))
        .default(2),
    )
    .addOption(new Option('--workers <n>', 'workers of each fleet').argParser(whole(0, 32)).default(1))
    .option('--assembly <directory>', 'run this synthesized app instead of synthesizing')
    .option('--write-outputs <file>', 'write stack outputs as `cdk deploy --outputs-file` does')
    .option('-c, --context <key=value>', 'context for the synthesis, such as stage=dev', collect, [])
    .option('-p, --parameters <key=value>', 'value of a template parameter', collect, [])
    .addHelpText(
      'after',
      `
Examples:
  npm start                                     orders flow; stays up until Ctrl-C
  npm start -- --check                          the same without a person, for CI
  npm start -- --check --orders 10000           volume
  npm start -- --port 0 --write-outputs out.json`,
    )
    .parse([...argv]);

  const given = command.opts<{
    all?: boolean;
    check?: boolean;
    orders: number;
    json?: boolean;
    port: number;
    httpPort: number;
    visibility: number;
    workers: number;
    assembly?: string;
    writeOutputs?: string;
    context: string[];
    parameters: string[];
  }>();
  if (given.json && !given.check) command.error('error: --json goes with --check');
  return {
    ...given,
    systems: given.all ? [] : command.args.length > 0 ? command.args : [defaultSystem],
    check: given.check ?? false,
    json: given.json ?? false,
    assembly: given.assembly,
    writeOutputs: given.writeOutputs,
    parameters: Object.fromEntries(given.parameters.map(keyAndValue)),
  };
}

function whole(smallest: number, largest: number) {
  return (text: string): number => {
    const value = Number(text);
    if (text.trim() === '' || !Number.isInteger(value) || value < smallest || value > largest) {
      throw new InvalidArgumentError(`Allowed: a whole number from ${smallest} to ${largest}.`);
    }
    return value;
  };
}

function collect(text: string, before: readonly string[]): string[] {
  keyAndValue(text);
  return [...before, text];
}

function keyAndValue(text: string): [string, string] {
  const at = text.indexOf('=');
  if (at < 1) throw new InvalidArgumentError('Allowed: key=value.');
  return [text.slice(0, at), text.slice(at + 1)];
}
