import type { Movement, ReservationState, Shortage } from '../../lambda/orders/domain/inventory.ts';
import type { StockLedger } from '../../lambda/orders/stock-store.ts';
import type { Versioned } from '../../lambda/shared/versioned-items.ts';
import { InMemoryStates } from './in-memory-states.ts';

export interface StockLevel {
  readonly available: number;
  readonly reserved: number;
}

/** A stock ledger in memory: moves all or nothing, and never below zero. */
export class InMemoryStockLedger extends InMemoryStates<ReservationState> implements StockLedger {
  readonly levels: Map<string, StockLevel>;

  constructor(available: Readonly<Record<string, number>>) {
    super();
    this.levels = new Map(
      Object.entries(available).map(([sku, amount]) => [sku, { available: amount, reserved: 0 }]),
    );
  }

  async move(
    orderId: string,
    next: ReservationState,
    seen: Versioned<ReservationState> | undefined,
    movements: readonly Movement[],
  ): Promise<readonly Shortage[]> {
    const moved = movements.map(({ sku, available, reserved }) => {
      const level = this.levels.get(sku) ?? { available: 0, reserved: 0 };
      return {
        sku,
        before: level,
        after: { available: level.available + available, reserved: level.reserved + reserved },
        wanted: -Math.min(available, reserved),
      };
    });
    const short = moved.filter(({ after }) => after.available < 0 || after.reserved < 0);
    if (short.length > 0) {
      return short.map(({ sku, before, wanted }) => ({ sku, wanted, available: before.available }));
    }
    await this.write(orderId, next, seen);
    for (const { sku, after } of moved) this.levels.set(sku, after);
    return [];
  }
}
