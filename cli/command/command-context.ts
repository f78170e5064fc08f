import type { ProcessStreams } from '../terminal/process-terminal.ts';

/** What a command needs of the process that runs it. */
export interface CommandContext extends ProcessStreams {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Ctrl-C. */
  readonly interrupt: AbortSignal;
}

/** 0: done. 1: something failed, or was stopped before it was done. 2: the command line is wrong. */
export type ExitCode = 0 | 1 | 2;
