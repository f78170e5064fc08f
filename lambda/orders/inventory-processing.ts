import type { OrderEvent } from '../../contracts/orders.ts';
import { PermanentFailure } from '../shared/failures.ts';
import type { Handled } from '../shared/queue-consumer.ts';
import { onCurrentState } from '../shared/versioned-items.ts';
import { decideReservation, type ReservationOutcome, type Shortage } from './domain/inventory.ts';
import type { StockLedger } from './stock-store.ts';

/** The stock holds less than orders have reserved of it. */
export class StockMismatchError extends PermanentFailure {
  override readonly name = 'StockMismatchError';
}

export interface InventoryPorts {
  readonly stock: StockLedger;
}

/** What was done about an order's stock. */
export interface HandledReservation extends Handled {
  readonly outcome: ReservationOutcome;
}

/** Reserves, releases and deducts stock, together with the record that it was done for the order. */
export function inventoryProcessing({ stock }: InventoryPorts) {
  return async (event: OrderEvent): Promise<HandledReservation> => {
    const orderId = event.order_id;
    // An order is hardly ever placed twice, so that is not asked first: the write finds out.
    const assumed = event.event_type === 'order_placed' ? undefined : await stock.read(orderId);
    return onCurrentState(stock, orderId, assumed, async seen => {
      const { outcome, next, movements, ifShort } = decideReservation(seen?.state, event);
      if (next === undefined) return { outcome };
      if (movements.length === 0) {
        await stock.write(orderId, next, seen);
        return { outcome };
      }
      const shortages = await stock.move(orderId, next, seen, movements);
      if (shortages.length === 0) return { outcome };
      if (ifShort === undefined) throw mismatch(orderId, shortages);
      const instead = ifShort(shortages);
      await stock.write(orderId, instead.next, seen);
      return { outcome: instead.outcome, details: { shortages } };
    });
  };
}

function mismatch(orderId: string, shortages: readonly Shortage[]): StockMismatchError {
  const skus = shortages.map(({ sku, wanted }) => `${sku} (${wanted})`).join(', ');
  return new StockMismatchError(
    `Order ${orderId} has reserved more than the stock holds as reserved: ${skus}. ` +
      'Were these items changed by hand? Count them, set them right, then redrive.',
  );
}
