import { createHash } from 'node:crypto';
import { appendFileSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Queue } from '../queues/queues.ts';
import { stateDirectory } from '../state-directory.ts';

/** Remembers which messages have been copied and not yet deleted, so that nobody copies them again. */
export interface CopyJournal {
  hasCopied(id: string): boolean;
  copied(ids: readonly string[]): void;
  deleted(ids: readonly string[]): void;
  close(): void;
}

/** For who has nowhere to write: a redrive that is repeated after a crash copies twice what it had not deleted. */
export const noJournal: CopyJournal = {
  hasCopied: () => false,
  copied: () => {},
  deleted: () => {},
  close: () => {},
};

interface Entry {
  readonly copied?: readonly string[];
  readonly deleted?: readonly string[];
}

/** Journal in a file, which is there only while something in it is open. */
export class JournalFile implements CopyJournal {
  readonly path: string;
  readonly #open: Set<string>;

  constructor(path: string) {
    this.path = path;
    this.#open = openIn(path);
  }

  hasCopied(id: string): boolean {
    return this.#open.has(id);
  }

  copied(ids: readonly string[]): void {
    this.#write({ copied: ids });
    for (const id of ids) this.#open.add(id);
  }

  deleted(ids: readonly string[]): void {
    this.#write({ deleted: ids });
    for (const id of ids) this.#open.delete(id);
  }

  close(): void {
    // Another redrive may have written meanwhile: what counts is the file.
    if (openIn(this.path).size === 0) rmSync(this.path, { force: true });
  }

  #write(entry: Entry): void {
    mkdirSync(dirname(this.path), { recursive: true });
    appendFileSync(this.path, `${JSON.stringify(entry)}\n`);
  }
}

/** Journal of copies from one queue to another, where the user keeps the state of programs. */
export function journalFor(
  from: Queue,
  to: Queue,
  env: Readonly<Record<string, string | undefined>>,
): CopyJournal {
  const state = stateDirectory(env);
  if (!state) return noJournal;
  const name = createHash('sha256').update(`${from.url} ${to.url}`).digest('hex').slice(0, 16);
  return new JournalFile(join(state, 'redrive', `${from.name}-${name}.ndjson`));
}

function openIn(path: string): Set<string> {
  const open = new Set<string>();
  for (const { copied = [], deleted = [] } of entriesIn(path)) {
    for (const id of copied) open.add(id);
    for (const id of deleted) open.delete(id);
  }
  return open;
}

function entriesIn(path: string): readonly Entry[] {
  return textOf(path)
    .split('\n')
    .flatMap(line => {
      try {
        return line ? [JSON.parse(line) as Entry] : [];
      } catch {
        // The last line of a process that was killed while it wrote.
        return [];
      }
    });
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (fault) {
    if ((fault as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw fault;
  }
}
