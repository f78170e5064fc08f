import { Command } from 'commander';
import { addCommonOptions, type CommonFlags } from './common-options.ts';
import type { Invocation } from './invocation.ts';
import type { Session } from './session.ts';

/** What a command found or did, for a person and for a machine. */
export interface Answer {
  /** @default - all has been said already */
  readonly text?: string;
  /** @default - all has been written already */
  readonly document?: object;
  /** @default 0 */
  readonly exitCode?: 0 | 1;
}

export interface CommandSpec<Flags extends object> {
  readonly name: string;
  /** In a line, for the list of commands. */
  readonly summary: string;
  /** What is worth knowing beyond it. */
  readonly description?: string;
  /** `<queue>`, with what it says. The first one is the queue that the command is about. */
  readonly args?: Readonly<Record<string, string>>;
  /** Whether the first argument names a queue that exists: its URL may say where requests go. @default true */
  readonly aboutQueue?: boolean;
  readonly options?: (command: Command) => unknown;
  /** Each is the rest of a command line, after `queue`. */
  readonly examples: readonly string[];
  /** What the caller must be allowed. */
  readonly permissions: readonly string[];
  readonly run: (call: Call<Flags>) => Promise<Answer>;
}

/** One call of a command. */
export interface Call<Flags extends object> {
  readonly args: readonly string[];
  readonly flags: Flags & CommonFlags;
  readonly session: Session;
}

/** Makes a command of the program that is being put together. */
export type CommandDefinition = (invocation: Invocation) => Command;

export function defineCommand<Flags extends object = CommonFlags>(
  spec: CommandSpec<Flags>,
): CommandDefinition {
  return invocation => {
    const command = new Command(spec.name)
      .summary(spec.summary)
      .description(
        spec.description ? `${sentence(spec.summary)}\n${spec.description}` : sentence(spec.summary),
      );
    for (const [name, description] of Object.entries(spec.args ?? {})) command.argument(name, description);
    spec.options?.(command);
    addCommonOptions(command);
    command.addHelpText('after', () => helpText(spec.examples, spec.permissions));
    command.action(async () => {
      const args = command.args;
      const about = spec.aboutQueue === false ? undefined : args[0];
      await invocation.run<Flags>(command.opts<Flags & CommonFlags>(), args, about, spec.run);
    });
    return command;
  };
}

function sentence(summary: string): string {
  return `${summary.charAt(0).toUpperCase()}${summary.slice(1)}.`;
}

function helpText(examples: readonly string[], permissions: readonly string[]): string {
  const needed = [...new Set(permissions)].map(permission => `  ${permission}\n`).join('');
  return `
Examples:
${examples.map(example => `  queue ${example}\n`).join('')}${needed && `\nPermissions:\n${needed}`}
Exit codes: 0 done, 1 something failed or was stopped, 2 the command line is wrong.`;
}
