import { ConflictError } from '../../lambda/shared/failures.ts';
import type { Versioned, VersionedStates } from '../../lambda/shared/versioned-items.ts';

/** The states of orders, in memory. */
export class InMemoryOrderStates<State> implements VersionedStates<State> {
  readonly states = new Map<string, Versioned<State>>();

  /** Runs before a write; what it throws, the write throws. */
  beforeWrite: (next: State) => unknown = () => undefined;

  async read(orderId: string): Promise<Versioned<State> | undefined> {
    return this.states.get(orderId);
  }

  async write(orderId: string, next: State, seen: Versioned<State> | undefined): Promise<Versioned<State>> {
    await this.beforeWrite(next);
    if (this.states.get(orderId)?.version !== seen?.version) {
      throw new ConflictError(`Order ${orderId} was changed`);
    }
    const written = { state: next, version: (seen?.version ?? 0) + 1 };
    this.states.set(orderId, written);
    return written;
  }
}
