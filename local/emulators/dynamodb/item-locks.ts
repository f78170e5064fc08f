import { type DynaliteStore, type ItemDb, promised } from './dynalite.ts';

/** An item by its table and its key there. */
export interface ItemAddress {
  readonly table: string;
  readonly key: string;
}

/**
 * Runs a task while nobody else writes the items.
 *
 * All locks are asked for in one go, so that two tasks with the same items queue up in the same order
 * everywhere and never wait for each other.
 */
export async function withItemsLocked<Result>(
  store: DynaliteStore,
  items: readonly ItemAddress[],
  task: () => Promise<Result>,
): Promise<Result> {
  const tables = new Map<string, string[]>();
  for (const { table, key } of items) {
    tables.set(table, [...(tables.get(table) ?? []), key]);
  }
  const releases = await Promise.all(
    [...tables].map(([table, keys]) => locked(store.getItemDb(table), keys)),
  );
  try {
    return await task();
  } finally {
    for (const release of releases) {
      release();
    }
  }
}

function locked(items: ItemDb, keys: readonly string[]): Promise<() => void> {
  return new Promise(resolve => items.lock(keys, release => resolve(release(() => undefined))));
}

/** Reads an item; undefined where there is none. */
export async function readItem(
  store: DynaliteStore,
  { table, key }: ItemAddress,
): Promise<Readonly<Record<string, unknown>> | undefined> {
  try {
    return await promised(answer => store.getItemDb(table).get(key, answer));
  } catch (fault) {
    if (fault instanceof Error && fault.name === 'NotFoundError') {
      return undefined;
    }
    throw fault;
  }
}
