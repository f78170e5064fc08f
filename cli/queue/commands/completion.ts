import { Argument, Command } from 'commander';
import type { Invocation } from '../../command/invocation.ts';
import { bashCompletion } from '../../completion/bash.ts';
import { type CommandNode, commandTree } from '../../completion/command-tree.ts';
import { fishCompletion } from '../../completion/fish.ts';
import { zshCompletion } from '../../completion/zsh.ts';

const shells: Readonly<Record<string, (root: CommandNode) => string>> = {
  bash: bashCompletion,
  zsh: zshCompletion,
  fish: fishCompletion,
};

const helpText = `
Examples:
  source <(npx queue completion bash)      in ~/.bashrc
  source <(npx queue completion zsh)       in ~/.zshrc, after compinit
  npx queue completion fish | source       in config.fish

Exit codes: 0 done, 2 the command line is wrong.`;

/** @param program - the whole of it: this command is part of what it describes. */
export function completion({ context }: Invocation, program: () => Command): Command {
  return new Command('completion')
    .summary('print the completion script of a shell')
    .description('Print what completes commands and options in a shell.')
    .addArgument(new Argument('<shell>').choices(Object.keys(shells)))
    .addHelpText('after', helpText)
    .action((shell: string) => {
      context.stdout.write(shells[shell]?.(commandTree(program())) ?? '');
    });
}
