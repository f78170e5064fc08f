import type { LedgerEvent } from '../../contracts/ledger.ts';
import type { LedgerState } from '../../lambda/order-ledger/domain/ledger.ts';
import { eventDigest } from '../../lambda/order-ledger/event-digest.ts';
import type { Ledger } from '../../lambda/order-ledger/ledger-store.ts';
import type { Versioned } from '../../lambda/shared/versioned-items.ts';
import { InMemoryStates } from './in-memory-states.ts';

/** A ledger in memory that remembers every booking, in the order in which they were made. */
export class InMemoryLedger extends InMemoryStates<LedgerState> implements Ledger {
  readonly booked: LedgerEvent[] = [];

  async book(event: LedgerEvent, next: LedgerState, seen: Versioned<LedgerState> | undefined) {
    await this.write(event.order_id, next, seen);
    this.booked.push(event);
  }

  async digestOf(orderId: string, sequence: number): Promise<string | undefined> {
    const entry = this.booked.find(event => event.order_id === orderId && event.sequence === sequence);
    return entry && eventDigest(entry);
  }

  /** Places that were booked of an order, as they were booked. */
  placesOf(orderId: string): number[] {
    return this.booked.filter(({ order_id }) => order_id === orderId).map(({ sequence }) => sequence);
  }
}
