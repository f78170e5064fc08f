import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join, resolve } from 'node:path';

const repository = resolve(import.meta.dirname, '../../..');

/** `npm run replay` in a process of its own, as an operator runs it. */
export class ReplayCommand {
  readonly #process: ChildProcess;
  readonly #ended: Promise<number | null>;
  #said = '';

  constructor(endpoint: string, args: readonly string[]) {
    this.#process = spawn(
      process.execPath,
      [join(repository, 'cli/replay.ts'), ...args, '--endpoint', endpoint, '--yes'],
      { cwd: repository, stdio: ['ignore', 'pipe', 'pipe'] },
    );
    for (const output of [this.#process.stdout, this.#process.stderr]) {
      output?.on('data', (text: Buffer) => {
        this.#said += text.toString();
      });
    }
    this.#ended = once(this.#process, 'close').then(([code]) => code as number | null);
  }

  /** As Ctrl-C does. */
  interrupt(): void {
    this.#process.kill('SIGINT');
  }

  /** @throws Error with what it said, where it ends with another code. */
  async ends(expected: 0 | 1): Promise<string> {
    const code = await this.#ended;
    if (code !== expected)
      throw new Error(`The replay ended with ${code} instead of ${expected}:\n${this.#said}`);
    return this.#said;
  }
}
