import { ConflictError } from '../../lambda/shared/failures.ts';
import type { Versioned, VersionedStates } from '../../lambda/shared/versioned-items.ts';

/** States by their ids, in memory. */
export class InMemoryStates<State> implements VersionedStates<State> {
  readonly states = new Map<string, Versioned<State>>();

  /** Runs before a write; what it throws, the write throws. */
  beforeWrite: (next: State) => unknown = () => undefined;

  async read(id: string): Promise<Versioned<State> | undefined> {
    return this.states.get(id);
  }

  async write(id: string, next: State, seen: Versioned<State> | undefined): Promise<Versioned<State>> {
    await this.beforeWrite(next);
    if (this.states.get(id)?.version !== seen?.version) {
      throw new ConflictError(`${id} was changed`);
    }
    const written = { state: next, version: (seen?.version ?? 0) + 1 };
    this.states.set(id, written);
    return written;
  }
}
