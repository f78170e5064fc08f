import type { LedgerEvent } from '../../../contracts/ledger.ts';

const at = '2026-11-02T09:00:00.000Z';

/** What happens to an order of 100.00: placed, paid in two halves, shipped. */
export function lifeOf(order_id: string): [LedgerEvent, LedgerEvent, LedgerEvent, LedgerEvent] {
  const common = (sequence: number) => ({ correlation_id: `${order_id}-${sequence}`, order_id, sequence });
  return [
    {
      ...common(1),
      event_type: 'order_placed',
      customer: 'John Doe',
      total_minor: 10_000,
      currency: 'USD',
      items: [],
      placed_at: at,
    },
    { ...common(2), event_type: 'payment_received', amount_minor: 5_000, paid_at: at },
    { ...common(3), event_type: 'payment_received', amount_minor: 5_000, paid_at: at },
    { ...common(4), event_type: 'order_shipped', carrier: 'Pony Express', shipped_at: at },
  ];
}
