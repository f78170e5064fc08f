import { systemClock } from '../terminal/clock.ts';
import { interruption } from '../terminal/interruption.ts';
import type { CommandContext, ExitCode } from './command-context.ts';

/** Runs a program as this process: with its streams, its signals and its exit code. */
export async function runInProcess(
  run: (args: readonly string[], context: CommandContext) => Promise<ExitCode>,
  args: readonly string[],
): Promise<void> {
  const { stdin, stdout, stderr, env } = process;
  const interrupt = interruption({
    process,
    clock: systemClock,
    onFirst: () => stderr.write('\nStopping, once what is in hand is done; Ctrl-C again leaves at once.\n'),
    onImpatient: () => process.exit(1),
  });
  process.exitCode = await run(args, { stdin, stdout, stderr, env, interrupt });
}
