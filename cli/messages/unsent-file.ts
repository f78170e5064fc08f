import { createWriteStream, existsSync, type WriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';
import { UsageError } from '../command-errors.ts';
import type { OutgoingMessage } from '../queues/queues.ts';
import { contentDocument } from './message-document.ts';

/** File of the messages that were not sent, made once there is one: sending it goes on where it ended. */
export class UnsentFile {
  readonly path: string;
  #stream: WriteStream | undefined;

  /** @throws UsageError when there is such a file: it may hold what an earlier run left. */
  constructor(path: string) {
    if (existsSync(path)) {
      throw new UsageError(
        `${path} is there from an earlier run, and holds what that could not send. Send it, or take it away; or name another file with --unsent.`,
      );
    }
    this.path = path;
  }

  async add(message: OutgoingMessage): Promise<void> {
    this.#stream ??= createWriteStream(this.path, { flags: 'wx' });
    const line = `${JSON.stringify(contentDocument(message))}\n`;
    await new Promise<void>((resolve, reject) => {
      this.#stream?.write(line, fault => (fault ? reject(fault) : resolve()));
    });
  }

  async close(): Promise<void> {
    if (!this.#stream) return;
    this.#stream.end();
    await finished(this.#stream);
  }
}
