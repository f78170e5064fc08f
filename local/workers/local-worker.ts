import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import type { WorkerSpec } from './worker-spec.ts';

/** How a worker ended: by itself, with a code, or by a signal. */
export interface WorkerEnd {
  readonly code: number | undefined;
  readonly signal: NodeJS.Signals | undefined;
}

export type LineListener = (line: string, stream: 'stdout' | 'stderr') => void;

const leash = new URL('leash.mjs', import.meta.url).href;

/** Variables that a process needs of the machine it runs on, beside its own. */
const ofTheMachine = ['PATH', 'SystemRoot', 'TEMP', 'TMP', 'TMPDIR'];

/** A worker of a fleet as a child process. */
export class LocalWorker {
  readonly ended: Promise<WorkerEnd>;
  readonly #process: ChildProcess;

  constructor({ directory, command, environment }: WorkerSpec, onLine: LineListener) {
    this.#process = spawn(process.execPath, ['--no-warnings', '--import', leash, ...command], {
      cwd: directory,
      env: { ...machineVariables(), ...environment },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    const written = [
      linesOf(this.#process.stdout, line => onLine(line, 'stdout')),
      linesOf(this.#process.stderr, line => onLine(line, 'stderr')),
    ];
    this.ended = new Promise(resolve => {
      const end = async (code: number | null, signal: NodeJS.Signals | null) => {
        await Promise.all(written);
        resolve({ code: code ?? undefined, signal: signal ?? undefined });
      };
      this.#process.once('exit', end);
      this.#process.once('error', error => {
        onLine(`The worker could not be started: ${error.message}`, 'stderr');
        void end(1, null);
      });
    });
  }

  /** Id of the process; undefined where it could not be started. */
  get pid(): number | undefined {
    return this.#process.pid;
  }

  kill(signal: NodeJS.Signals): void {
    this.#process.kill(signal);
  }
}

function machineVariables(): NodeJS.ProcessEnv {
  return Object.fromEntries(
    ofTheMachine.flatMap(name => (process.env[name] === undefined ? [] : [[name, process.env[name]]])),
  );
}

/** @returns what resolves when the last line was read. */
function linesOf(stream: Readable | null, onLine: (line: string) => void): Promise<void> {
  if (stream === null) return Promise.resolve();
  const lines = createInterface({ input: stream });
  lines.on('line', onLine);
  return new Promise(resolve => lines.once('close', resolve));
}
