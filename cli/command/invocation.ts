import type { CommandContext, ExitCode } from './command-context.ts';
import type { CommonFlags } from './common-options.ts';
import type { Answer, Call } from './define-command.ts';
import { openSession } from './session.ts';

/** One run of the program: what was called, and how the process is to end. */
export class Invocation {
  readonly context: CommandContext;
  exitCode: ExitCode = 0;
  /** Whether the command that was called is to answer with JSON. */
  json = false;

  constructor(context: CommandContext) {
    this.context = context;
  }

  async run<Flags extends object>(
    flags: Flags & CommonFlags,
    args: readonly string[],
    about: string | undefined,
    run: (call: Call<Flags>) => Promise<Answer>,
  ): Promise<void> {
    this.json = flags.json ?? false;
    const session = openSession(about, flags, this.context);
    try {
      const { text, document, exitCode = 0 } = await run({ args, flags, session });
      if (this.json && document) writeJson(this.context, document);
      if (!this.json && text) session.terminal.say(text);
      this.exitCode = exitCode;
    } finally {
      session.close();
    }
  }
}

/** One document on standard output. */
export function writeJson({ stdout }: Pick<CommandContext, 'stdout'>, document: object): void {
  stdout.write(`${JSON.stringify(document, null, 2)}\n`);
}
