import type { Command } from 'commander';

/** Options of whatever cannot be taken back. */
export interface SafeguardFlags {
  readonly yes?: boolean;
  readonly confirm?: string;
}

export function addSafeguardOptions(command: Command): Command {
  return command
    .option('--yes', 'do not ask (not enough on a queue that is tagged stage=prod)')
    .option('--confirm <name>', "the queue's name, for scripts: do not ask, whatever the stage");
}
