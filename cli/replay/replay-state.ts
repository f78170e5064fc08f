import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import * as v from 'valibot';
import { CommandFailure, UsageError } from '../command-errors.ts';
import { stateDirectory } from '../state-directory.ts';

const count = v.pipe(v.number(), v.integer(), v.minValue(0));

const replayState = v.object({
  replayId: v.pipe(v.string(), v.minLength(1)),
  bucket: v.string(),
  queue: v.string(),
  from: v.number(),
  to: v.number(),
  types: v.array(v.string()),
  lateMs: count,
  /** The line that is read next, and what stood before it has been dealt with. */
  position: v.optional(v.object({ key: v.string(), writtenAt: v.number(), line: count })),
  sent: count,
  malformed: count,
  failed: count,
});

/** What a replay was told, and how far it has come: all that it takes to go on. */
export type ReplayState = v.InferOutput<typeof replayState>;

export type Position = NonNullable<ReplayState['position']>;

/** State of a replay in a file, which is there until it is done. */
export class StateFile {
  readonly path: string;

  constructor(path: string) {
    this.path = path;
  }

  /** @throws UsageError when there is no such file, or it is another. */
  read(): ReplayState {
    let text: string;
    try {
      text = readFileSync(this.path, 'utf8');
    } catch (fault) {
      throw new UsageError(
        `${this.path} cannot be read (${(fault as Error).message}). A replay that is done leaves none behind.`,
      );
    }
    try {
      return v.parse(replayState, JSON.parse(text));
    } catch (fault) {
      throw new UsageError(
        `${this.path} is not the state of a replay (${(fault as Error).message}). Give the file that a replay named when it stopped.`,
      );
    }
  }

  /** Whole or not at all: a process that is killed while it writes leaves what was there. */
  write(state: ReplayState): void {
    const beside = `${this.path}.new`;
    try {
      mkdirSync(dirname(this.path), { recursive: true });
      writeFileSync(beside, `${JSON.stringify(state, null, 2)}\n`);
      renameSync(beside, this.path);
    } catch (fault) {
      throw new CommandFailure(
        `${this.path} cannot be written (${(fault as Error).message}), so that a replay could not go on where it stopped. Say where: --state <file>.`,
        { cause: fault },
      );
    }
  }

  remove(): void {
    rmSync(this.path, { force: true });
  }
}

/** Id of a replay: when it began, and some letters. */
export function newReplayId(now: Date): string {
  const time = now.toISOString().replace(/[-:]|\.\d+/g, '');
  return `${time}-${randomBytes(3).toString('hex')}`;
}

/** The file that a replay has its state in, unless told another. */
export function stateFileFor(replayId: string, env: Readonly<Record<string, string | undefined>>): string {
  return join(stateDirectory(env) ?? '.', 'replay', `${replayId}.json`);
}
