import { type BatchOperation, type DynaliteStore, type ItemDb, promised } from './dynalite.ts';

/**
 * A view of the store that holds writes back until {@link commit}: whoever works on it reads what was there
 * before, takes no locks and changes nothing.
 *
 * Dynalite's own operations run on it unchanged, which makes a transaction of them.
 */
export class StagedWrites {
  readonly view: DynaliteStore;
  readonly #staged = new Map<ItemDb, BatchOperation[]>();

  constructor(store: DynaliteStore) {
    this.view = {
      ...store,
      getItemDb: table => this.#held(store.getItemDb(table)),
      getIndexDb: (type, table, index) => this.#held(store.getIndexDb(type, table, index)),
    };
  }

  async commit(): Promise<void> {
    await Promise.all(
      [...this.#staged].map(([items, operations]) =>
        promised<void>(answer => items.batch(operations, answer)),
      ),
    );
  }

  #held(items: ItemDb): ItemDb {
    const hold = (operation: BatchOperation, answer: (error: null) => void): void => {
      this.#staged.set(items, [...(this.#staged.get(items) ?? []), operation]);
      answer(null);
    };
    return {
      get: (key, answer) => items.get(key, answer),
      put: (key, value, answer) => hold({ type: 'put', key, value }, answer),
      del: (key, answer) => hold({ type: 'del', key }, answer),
      batch: (operations, answer) => {
        this.#staged.set(items, [...(this.#staged.get(items) ?? []), ...operations]);
        answer(null);
      },
      lock: (_keys, task) => task(callback => callback),
    };
  }
}
