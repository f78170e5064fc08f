import type { OrderEvent, OrderItem } from '../../../contracts/orders.ts';

/** An item of an order that the stock did not cover. */
export interface Shortage {
  readonly sku: string;
  readonly wanted: number;
  /** What there was; 0 for a SKU that is not kept. */
  readonly available: number;
}

type Items = readonly OrderItem[];

/** What is known of an order's stock. */
export type ReservationState =
  | { readonly status: 'reserved' | 'released' | 'deducted'; readonly items: Items }
  | { readonly status: 'out_of_stock'; readonly items: Items; readonly shortages: readonly Shortage[] }
  /** Canceled with nothing reserved: nothing is, when the order comes after all. */
  | { readonly status: 'canceled' }
  /** Left the warehouse before it was heard of: what it takes with it is deducted when it is placed. */
  | { readonly status: 'shipped_unseen' }
  /** Left the warehouse, which by the books did not have it: somebody has to count. */
  | { readonly status: 'uncounted'; readonly items: Items; readonly shortages: readonly Shortage[] };

export type ReservationOutcome =
  | 'reserved'
  | 'out_of_stock'
  | 'released'
  | 'deducted'
  | 'canceled'
  | 'canceled_before_reserved'
  | 'shipped_before_reserved'
  | 'shipped_uncounted'
  | 'shipped_without_reservation'
  | 'canceled_too_late'
  | 'already_reserved'
  | 'already_out_of_stock'
  | 'already_released'
  | 'already_deducted'
  | 'already_canceled'
  | 'ignored_canceled';

/** Change of one SKU's stock. */
export interface Movement {
  readonly sku: string;
  readonly available: number;
  readonly reserved: number;
}

export interface Settlement {
  readonly outcome: ReservationOutcome;
  /** What to record, if anything changes. */
  readonly next?: ReservationState;
}

export interface ReservationDecision extends Settlement {
  /** Stock to move together with recording `next`, all or nothing. */
  readonly movements: readonly Movement[];
  /** What to do instead when the stock does not cover the movements; without it, that cannot be. */
  readonly ifShort?: (shortages: readonly Shortage[]) => Required<Settlement>;
}

/**
 * Decides what an order does to the stock.
 *
 * Each order takes its stock at most once and gives it back at most once, in whatever order and however
 * often its events come.
 */
export function decideReservation(
  state: ReservationState | undefined,
  event: OrderEvent,
): ReservationDecision {
  switch (event.event_type) {
    case 'order_placed':
      return placed(state, event.items);
    case 'order_shipped':
      return shipped(state);
    case 'order_canceled':
      return canceled(state);
  }
}

function placed(state: ReservationState | undefined, items: Items): ReservationDecision {
  switch (state?.status) {
    case undefined:
      return {
        outcome: 'reserved',
        next: { status: 'reserved', items },
        movements: items.map(({ sku, quantity }) => ({ sku, available: -quantity, reserved: quantity })),
        ifShort: shortages => ({
          outcome: 'out_of_stock',
          next: { status: 'out_of_stock', items, shortages },
        }),
      };
    case 'shipped_unseen':
      return {
        outcome: 'deducted',
        next: { status: 'deducted', items },
        movements: items.map(({ sku, quantity }) => ({ sku, available: -quantity, reserved: 0 })),
        ifShort: shortages => ({
          outcome: 'shipped_uncounted',
          next: { status: 'uncounted', items, shortages },
        }),
      };
    case 'reserved':
      return unchanged('already_reserved');
    case 'out_of_stock':
      return unchanged('already_out_of_stock');
    case 'deducted':
    case 'uncounted':
      return unchanged('already_deducted');
    case 'released':
    case 'canceled':
      return unchanged('ignored_canceled');
  }
}

function shipped(state: ReservationState | undefined): ReservationDecision {
  switch (state?.status) {
    case undefined:
      return recorded('shipped_before_reserved', { status: 'shipped_unseen' });
    case 'reserved':
      return {
        outcome: 'deducted',
        next: { status: 'deducted', items: state.items },
        movements: state.items.map(({ sku, quantity }) => ({ sku, available: 0, reserved: -quantity })),
      };
    case 'deducted':
    case 'uncounted':
    case 'shipped_unseen':
      return unchanged('already_deducted');
    case 'out_of_stock':
    case 'released':
    case 'canceled':
      return unchanged('shipped_without_reservation');
  }
}

function canceled(state: ReservationState | undefined): ReservationDecision {
  switch (state?.status) {
    case undefined:
      return recorded('canceled_before_reserved', { status: 'canceled' });
    case 'reserved':
      return {
        outcome: 'released',
        next: { status: 'released', items: state.items },
        movements: state.items.map(({ sku, quantity }) => ({
          sku,
          available: quantity,
          reserved: -quantity,
        })),
      };
    case 'out_of_stock':
      return recorded('canceled', { status: 'canceled' });
    case 'released':
      return unchanged('already_released');
    case 'canceled':
      return unchanged('already_canceled');
    case 'deducted':
    case 'uncounted':
    case 'shipped_unseen':
      return unchanged('canceled_too_late');
  }
}

function recorded(outcome: ReservationOutcome, next: ReservationState): ReservationDecision {
  return { outcome, next, movements: [] };
}

function unchanged(outcome: ReservationOutcome): ReservationDecision {
  return { outcome, movements: [] };
}
