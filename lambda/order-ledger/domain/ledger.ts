import type { LedgerEvent } from '../../../contracts/ledger.ts';

export type OrderStatus = 'placed' | 'shipped' | 'canceled';

/** What an order's ledger says after the last event that was booked. */
export interface LedgerState {
  /** Place of that event. */
  readonly sequence: number;
  readonly status: OrderStatus;
  /** What the customer owes; negative for what is owed to the customer. */
  readonly balance_minor: number;
}

export type LedgerDecision =
  /** The next in line: the state after it. */
  | { readonly action: 'book'; readonly next: LedgerState }
  /** It was booked before, or another in its place: the entry tells. */
  | { readonly action: 'compare' }
  /** Events before it have not been booked. */
  | { readonly action: 'wait'; readonly missing: number }
  /** It can be booked at no time. */
  | { readonly action: 'refuse'; readonly reason: string };

/**
 * Decides what becomes of an event: the next one of its order is booked, an earlier one has been, and a later
 * one waits for those before it, so that every order's events are booked in sequence, each once.
 */
export function decideBooking(state: LedgerState | undefined, event: LedgerEvent): LedgerDecision {
  const booked = state?.sequence ?? 0;
  if (event.sequence <= booked) return { action: 'compare' };
  if (event.sequence > booked + 1) return { action: 'wait', missing: booked + 1 };
  if (event.event_type === 'order_placed') {
    return state === undefined
      ? { action: 'book', next: { sequence: 1, status: 'placed', balance_minor: event.total_minor } }
      : { action: 'refuse', reason: 'an order is placed once, as the first that happens to it' };
  }
  if (state === undefined) {
    return { action: 'refuse', reason: 'the first that happens to an order is that it is placed' };
  }
  return { action: 'book', next: { ...after(state, event), sequence: event.sequence } };
}

function after(
  state: LedgerState,
  event: Exclude<LedgerEvent, { readonly event_type: 'order_placed' }>,
): Omit<LedgerState, 'sequence'> {
  const { status, balance_minor } = state;
  switch (event.event_type) {
    case 'payment_received':
      return { status, balance_minor: balance_minor - event.amount_minor };
    case 'refund_paid':
      return { status, balance_minor: balance_minor + event.amount_minor };
    case 'order_shipped':
      return { status: 'shipped', balance_minor };
    case 'order_canceled':
      return { status: 'canceled', balance_minor };
  }
}
