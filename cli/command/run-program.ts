import { type Command, CommanderError } from 'commander';
import { CommandFailure, UsageError } from '../command-errors.ts';
import type { CommandContext, ExitCode } from './command-context.ts';
import { Invocation, writeJson } from './invocation.ts';

/** Puts a program together, runs it, and tells how the process is to end. */
export async function runProgram(
  build: (invocation: Invocation) => Command,
  args: readonly string[],
  context: CommandContext,
): Promise<ExitCode> {
  const invocation = new Invocation(context);
  try {
    await tamed(build(invocation), context).parseAsync([...args], { from: 'user' });
    return invocation.exitCode;
  } catch (fault) {
    if (fault instanceof CommanderError) return fault.exitCode === 0 ? 0 : 2;
    if (!(fault instanceof UsageError || fault instanceof CommandFailure)) throw fault;
    if (invocation.json) writeJson(context, { outcome: 'error', error: fault.message });
    context.stderr.write(`${fault.message}\n`);
    return fault instanceof UsageError ? 2 : 1;
  }
}

/** A command and those under it, which throw instead of ending the process, and write where they are told. */
function tamed(command: Command, context: CommandContext): Command {
  command
    .exitOverride()
    .showHelpAfterError('Run it with --help for options and examples.')
    .configureOutput({
      writeOut: text => context.stdout.write(text),
      writeErr: text => context.stderr.write(text),
    });
  for (const sub of command.commands) tamed(sub, context);
  return command;
}
