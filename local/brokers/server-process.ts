import { type ChildProcess, spawn } from 'node:child_process';
import { connect } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

export interface ServerProcessOptions {
  readonly command: readonly [string, ...string[]];
  /** What ends daemons that it leaves behind, run after it in its environment. */
  readonly lastCommand: readonly string[];
  readonly environment: NodeJS.ProcessEnv;
  readonly directory: string;
  /** Where it listens on 127.0.0.1 when it has started. */
  readonly port: number;
  readonly startsWithinMs: number;
}

const tether = new URL('tether.mjs', import.meta.url).pathname;

/** What of the last that a server wrote is told when it does not start. */
const toldCharacters = 2_000;

/** A server of somebody else's as a process of this machine, which never outlives this one. */
export class ServerProcess {
  readonly #process: ChildProcess;
  readonly #ended: Promise<void>;
  #hasEnded = false;
  #written = '';

  private constructor({ command, lastCommand, environment, directory }: ServerProcessOptions) {
    this.#process = spawn(process.execPath, [tether, JSON.stringify(lastCommand), ...command], {
      cwd: directory,
      env: environment,
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    for (const stream of [this.#process.stdout, this.#process.stderr]) {
      stream?.on('data', (data: Buffer) => {
        this.#written = (this.#written + data.toString()).slice(-toldCharacters);
      });
    }
    this.#ended = new Promise(resolve => {
      const end = () => {
        this.#hasEnded = true;
        resolve();
      };
      this.#process.once('exit', end);
      this.#process.once('error', end);
    });
  }

  /**
   * Resolves when the server listens.
   *
   * @throws Error when it ends, or does not listen in time, with the last that it wrote.
   */
  static async start(options: ServerProcessOptions): Promise<ServerProcess> {
    const server = new ServerProcess(options);
    const giveUpAt = performance.now() + options.startsWithinMs;
    while (!(await listens(options.port))) {
      if (server.#hasEnded || performance.now() > giveUpAt) {
        await server.kill();
        throw new Error(
          `${options.command[0]} does not listen on 127.0.0.1:${options.port}: ${server.#written}`,
        );
      }
      await pause(100);
    }
    return server;
  }

  /** Ends it at once, in the middle of whatever it does. */
  async kill(): Promise<void> {
    if (!this.#hasEnded) this.#process.kill('SIGTERM');
    await this.#ended;
  }
}

function listens(port: number): Promise<boolean> {
  return new Promise(resolve => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
