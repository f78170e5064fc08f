import { createInterface } from 'node:readline';
import type { Clock } from './clock.ts';
import type { Terminal } from './terminal.ts';

export interface OutputStream extends NodeJS.WritableStream {
  readonly isTTY?: boolean | undefined;
}

export interface InputStream extends NodeJS.ReadableStream {
  readonly isTTY?: boolean | undefined;
}

/** Streams of a process. */
export interface ProcessStreams {
  readonly stdin: InputStream;
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
}

export interface ProcessTerminalOptions {
  /** Whether standard output is kept for data: everything said then goes to standard error. */
  readonly dataOnStdout: boolean;
  readonly clock: Clock;
}

/** In a log file, a line of progress this often is enough. */
const loggedEveryMs = 5_000;
const eraseLine = '\r\u001b[K';
const eraseLines = (count: number) => `\u001b[${count}A\r\u001b[J`;

/** Terminal of a process: questions and progress on standard error, so that output can be piped. */
export class ProcessTerminal implements Terminal {
  readonly interactive: boolean;
  readonly #streams: ProcessStreams;
  readonly #output: OutputStream;
  readonly #clock: Clock;
  #progressShown = false;
  #paintedLines = 0;
  #loggedAt = Number.NEGATIVE_INFINITY;

  constructor(streams: ProcessStreams, { dataOnStdout, clock }: ProcessTerminalOptions) {
    this.#streams = streams;
    this.#output = dataOnStdout ? streams.stderr : streams.stdout;
    this.#clock = clock;
    this.interactive = streams.stdin.isTTY === true && streams.stderr.isTTY === true;
  }

  say(text: string): void {
    this.#endProgress();
    this.#output.write(`${text}\n`);
  }

  progress(text: string): void {
    const { stderr } = this.#streams;
    if (stderr.isTTY) {
      stderr.write(eraseLine + text);
      this.#progressShown = true;
    } else if (this.#clock.now() - this.#loggedAt >= loggedEveryMs) {
      stderr.write(`${text}\n`);
      this.#loggedAt = this.#clock.now();
    }
  }

  async confirm(question: string, signal: AbortSignal): Promise<boolean> {
    return /^y(es)?$/i.test((await this.ask(`${question} [y/N] `, signal)) ?? '');
  }

  ask(question: string, signal: AbortSignal): Promise<string | undefined> {
    this.#endProgress();
    const { stdin, stderr } = this.#streams;
    const reader = createInterface({ input: stdin, output: stderr });
    return new Promise(resolve => {
      // Ctrl-C and the end of the input answer nothing.
      reader.once('close', () => resolve(undefined));
      const giveUp = () => {
        stderr.write('\n');
        reader.close();
      };
      reader.once('SIGINT', giveUp);
      signal.addEventListener('abort', giveUp, { once: true });
      reader.question(question, answer => {
        resolve(answer.trim());
        reader.close();
      });
    });
  }

  repaint(text: string): void {
    this.#endProgress();
    if (this.#output.isTTY && this.#paintedLines > 0) this.#output.write(eraseLines(this.#paintedLines));
    this.#output.write(`${text}\n`);
    this.#paintedLines = text.split('\n').length;
  }

  #endProgress(): void {
    if (this.#progressShown) this.#streams.stderr.write(eraseLine);
    this.#progressShown = false;
  }
}
