import type { OrderCanceled, OrderPlaced } from '../../../contracts/orders.ts';

/** An order that does not come about, as stock and payments are told of it. */
export function cancellationOf({ order_id, tenant, correlation_id }: OrderPlaced, at: Date): OrderCanceled {
  return {
    event_type: 'order_canceled',
    order_id,
    ...(tenant !== undefined && { tenant }),
    correlation_id,
    canceled_at: at.toISOString(),
  };
}
