import { createHash } from 'node:crypto';
import type { LedgerEvent } from '../../contracts/ledger.ts';
import { cardToken } from '../../contracts/orders.ts';

/** Differ each time that an event is published: the request that it is for, and the token, encrypted anew. */
const ofPublication = new Set<string>(['correlation_id', cardToken.name]);

/**
 * What an event says, in 64 characters: the same for the same event published again, whatever request that was
 * for and in whatever order its fields stand.
 */
export function eventDigest(event: LedgerEvent): string {
  const said = Object.fromEntries(Object.entries(event).filter(([name]) => !ofPublication.has(name)));
  return createHash('sha256').update(JSON.stringify(said, inOrder)).digest('hex');
}

function inOrder(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1)));
}
