import type { LedgerEvent } from '../../contracts/ledger.ts';

const at = '2026-01-01T12:00:00.000Z';

/** The first events of an order: placed for 100.00, paid in two halves, shipped; then payments of a cent. */
export function ledgerEventsOf(order_id: string, count: number): LedgerEvent[] {
  return Array.from({ length: count }, (_, index) => ledgerEvent(order_id, index + 1));
}

/** The event that stands in a place of an order's life. */
export function ledgerEvent(order_id: string, sequence: number): LedgerEvent {
  const common = { correlation_id: `of-${order_id}-${sequence}`, order_id, sequence };
  switch (sequence) {
    case 1:
      return {
        ...common,
        event_type: 'order_placed',
        customer: 'John Doe',
        total_minor: 10_000,
        currency: 'USD',
        items: [],
        placed_at: at,
      };
    case 4:
      return { ...common, event_type: 'order_shipped', shipped_at: at };
    default:
      return {
        ...common,
        event_type: 'payment_received',
        amount_minor: sequence < 4 ? 5_000 : 1,
        paid_at: at,
      };
  }
}
