import type { OrderPlaced } from '../../../contracts/orders.ts';

export interface Invoice {
  readonly order_id: string;
  readonly customer: string;
  readonly total_minor: number;
  readonly currency: string;
  readonly ordered_at: string;
}

/** What an order is invoiced with. One order has one invoice, which goes by the order's id. */
export function invoiceOf({ order_id, customer, total_minor, currency, placed_at }: OrderPlaced): Invoice {
  return { order_id, customer, total_minor, currency, ordered_at: placed_at };
}
