import type { OrderCanceled, OrderItem, OrderPlaced, OrderShipped } from '../../../contracts/orders.ts';

/** What is to be shipped, and to whom. */
export interface ShippingOrder {
  readonly customer: string;
  readonly items: readonly OrderItem[];
  readonly placed_at: string;
}

export interface Dispatch {
  readonly carrier: string | null;
  readonly tracking_number: string | null;
  readonly shipped_at: string;
}

/**
 * What is known of an order's shipment. `order` is null as long as its placing has not been heard of:
 * events may arrive in any order.
 */
export type ShipmentState =
  | { readonly status: 'open'; readonly order: ShippingOrder }
  | {
      readonly status: 'closed';
      readonly order: ShippingOrder | null;
      readonly dispatch: Dispatch;
      /** When it was canceled, too late: somebody has to get the goods back. */
      readonly canceled_too_late_at: string | null;
    }
  | {
      readonly status: 'canceled';
      readonly order: ShippingOrder | null;
      readonly canceled_at: string;
      /** What left all the same: somebody has to get the goods back. */
      readonly shipped_after_all: Dispatch | null;
    };

export type ShipmentOutcome =
  | 'opened'
  | 'closed'
  | 'canceled'
  | 'closed_before_opened'
  | 'completed_after_closed'
  | 'canceled_before_opened'
  | 'canceled_too_late'
  | 'shipped_after_canceled'
  | 'already_opened'
  | 'already_closed'
  | 'already_canceled'
  | 'ignored_canceled';

export interface ShipmentDecision {
  readonly outcome: ShipmentOutcome;
  /** What to record, if anything changes. */
  readonly next?: ShipmentState;
}

/**
 * Decides what becomes of an order's shipment: it is opened, and then closed or canceled, whichever comes
 * first; what comes after that is noted for a person.
 */
export function decideShipment(
  state: ShipmentState | undefined,
  event: OrderPlaced | OrderShipped | OrderCanceled,
): ShipmentDecision {
  switch (event.event_type) {
    case 'order_placed':
      return placed(state, orderOf(event));
    case 'order_shipped':
      return shipped(state, dispatchOf(event));
    case 'order_canceled':
      return canceled(state, event.canceled_at);
  }
}

function placed(state: ShipmentState | undefined, order: ShippingOrder): ShipmentDecision {
  switch (state?.status) {
    case undefined:
      return { outcome: 'opened', next: { status: 'open', order } };
    case 'open':
      return { outcome: 'already_opened' };
    case 'closed':
      return state.order === null
        ? { outcome: 'completed_after_closed', next: { ...state, order } }
        : { outcome: 'already_closed' };
    case 'canceled':
      return { outcome: 'ignored_canceled' };
  }
}

function shipped(state: ShipmentState | undefined, dispatch: Dispatch): ShipmentDecision {
  switch (state?.status) {
    case undefined:
      return {
        outcome: 'closed_before_opened',
        next: { status: 'closed', order: null, dispatch, canceled_too_late_at: null },
      };
    case 'open':
      return {
        outcome: 'closed',
        next: { status: 'closed', order: state.order, dispatch, canceled_too_late_at: null },
      };
    case 'closed':
      return { outcome: 'already_closed' };
    case 'canceled':
      return state.shipped_after_all === null
        ? { outcome: 'shipped_after_canceled', next: { ...state, shipped_after_all: dispatch } }
        : { outcome: 'already_canceled' };
  }
}

function canceled(state: ShipmentState | undefined, canceled_at: string): ShipmentDecision {
  switch (state?.status) {
    case undefined:
      return {
        outcome: 'canceled_before_opened',
        next: { status: 'canceled', order: null, canceled_at, shipped_after_all: null },
      };
    case 'open':
      return {
        outcome: 'canceled',
        next: { status: 'canceled', order: state.order, canceled_at, shipped_after_all: null },
      };
    case 'closed':
      return state.canceled_too_late_at === null
        ? { outcome: 'canceled_too_late', next: { ...state, canceled_too_late_at: canceled_at } }
        : { outcome: 'already_closed' };
    case 'canceled':
      return { outcome: 'already_canceled' };
  }
}

function orderOf({ customer, items, placed_at }: OrderPlaced): ShippingOrder {
  return { customer, items, placed_at };
}

function dispatchOf({ carrier, tracking_number, shipped_at }: OrderShipped): Dispatch {
  return { carrier: carrier ?? null, tracking_number: tracking_number ?? null, shipped_at };
}
