import type { Command } from 'commander';

/** What a shell needs to know of a command. */
export interface CommandNode {
  /** `queue dlq list`. */
  readonly path: string;
  readonly name: string;
  readonly summary: string;
  readonly options: readonly OptionNode[];
  readonly children: readonly CommandNode[];
}

export interface OptionNode {
  /** `--sample`. */
  readonly flag: string;
  readonly description: string;
  readonly takes: 'nothing' | 'value' | 'file';
}

export function commandTree(command: Command, parent = ''): CommandNode {
  const path = `${parent} ${command.name()}`.trim();
  return {
    path,
    name: command.name(),
    summary: command.summary() || command.description(),
    options: command.createHelp().visibleOptions(command).flatMap(optionNode),
    children: command.commands.map(child => commandTree(child, path)),
  };
}

/** A command with all that are under it. */
export function nodesOf(root: CommandNode): readonly CommandNode[] {
  return [root, ...root.children.flatMap(nodesOf)];
}

interface DescribedOption {
  readonly long?: string | undefined;
  readonly flags: string;
  readonly description: string;
}

function optionNode({ long, flags, description }: DescribedOption): readonly OptionNode[] {
  if (!long) return [];
  const takes = /<(path|file)>/.test(flags) ? 'file' : flags.includes('<') ? 'value' : 'nothing';
  return [{ flag: long, description, takes }];
}
