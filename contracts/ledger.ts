import * as v from 'valibot';
import { EventFamily, type EventOf, event } from './events.ts';
import { minorUnits } from './money.ts';
import { orderEvents } from './orders.ts';

/** Fields that every event of the ledger has. */
const inSequence = {
  /**
   * Place of the event in its order's life, from 1 on without gaps. Whoever owns the order gives it, together
   * with the change that the event tells of.
   */
  sequence: v.pipe(v.number(), v.integer(), v.minValue(1)),
};

const { order_placed, order_shipped, order_canceled } = orderEvents.schemas;

/** Money that came or went. */
const payment = {
  order_id: order_placed.entries.order_id,
  amount_minor: v.pipe(minorUnits, v.minValue(1)),
  paid_at: order_placed.entries.placed_at,
};

/** The events of an order's life in their order, on the FIFO topic OrderEvents: an order is a message group. */
export const ledgerEvents = new EventFamily(
  {
    order_placed: event('order_placed', { ...order_placed.entries, ...inSequence }),
    payment_received: event('payment_received', { ...payment, ...inSequence }),
    refund_paid: event('refund_paid', { ...payment, ...inSequence }),
    order_shipped: event('order_shipped', { ...order_shipped.entries, ...inSequence }),
    order_canceled: event('order_canceled', { ...order_canceled.entries, ...inSequence }),
  },
  { groupBy: ({ order_id }) => order_id },
);

export type LedgerEvents = typeof ledgerEvents.schemas;
export type LedgerEvent = EventOf<LedgerEvents>;

/** What the ledger subscribes to: everything that happens to an order, or there would be gaps. */
export const bookedEvents = ledgerEvents.select(
  'order_placed',
  'payment_received',
  'refund_paid',
  'order_shipped',
  'order_canceled',
);
