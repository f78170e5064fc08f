import { PassThrough } from 'node:stream';
import { runQueue } from '../../cli/queue/program.ts';

class Stream extends PassThrough {
  readonly isTTY: boolean;

  constructor(isTTY: boolean, onText?: (text: string) => void) {
    super({
      highWaterMark: 2 ** 26,
      transform: (chunk: Buffer, _encoding, done) => {
        onText?.(String(chunk));
        done(null, chunk);
      },
    });
    this.isTTY = isTTY;
  }
}

export interface Setting {
  /** Whether there is a person to ask. */
  readonly tty?: boolean;
  /** What that person types. */
  readonly answer?: string;
  /** What comes on standard input from a pipe. */
  readonly input?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly interrupt?: AbortSignal;
  /** Told of all that is written to standard output, as it is written. */
  readonly onOut?: (text: string) => void;
}

export interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs the queue tool within this process. */
export async function runQueueTool(
  args: readonly string[],
  { tty = false, answer, input, env = {}, interrupt, onOut }: Setting = {},
): Promise<Ended> {
  const streams = { stdin: new Stream(tty), stdout: new Stream(tty, onOut), stderr: new Stream(tty) };
  if (answer !== undefined) streams.stdin.write(`${answer}\n`);
  if (input !== undefined) streams.stdin.end(input);
  const code = await runQueue(args, {
    ...streams,
    env,
    interrupt: interrupt ?? new AbortController().signal,
  });
  return { code, out: String(streams.stdout.read() ?? ''), err: String(streams.stderr.read() ?? '') };
}
