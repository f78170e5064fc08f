import type { Currency } from '../../../contracts/money.ts';
import type { OrderCanceled, OrderPlaced } from '../../../contracts/orders.ts';

/** An amount in the minor unit of its currency. */
export interface Amount {
  readonly amount_minor: number;
  readonly currency: Currency;
}

/** Who is at the gateway for an order, and until when (milliseconds since 1970) nobody else may be. */
export interface Lease {
  readonly owner: string;
  readonly until: number;
}

/**
 * What is known of an order's payment. `charging` and `refunding` are written before the gateway is
 * called, so that a crash in between leaves a trace that the next delivery goes on from.
 */
export type PaymentState =
  | ({ readonly status: 'charging'; readonly lease: Lease } & Amount)
  | ({ readonly status: 'charged'; readonly charge_id: string } & Amount)
  | ({ readonly status: 'declined'; readonly reason: string } & Amount)
  | ({ readonly status: 'refunding'; readonly lease: Lease } & Amount)
  | ({ readonly status: 'refunded'; readonly refund_id: string; readonly refunded_minor: number } & Amount)
  | ({ readonly status: 'refund_declined'; readonly reason: string } & Amount)
  /** Placed for an amount of zero. */
  | { readonly status: 'nothing_due' }
  /** Canceled before anything was charged: the order is not charged when it comes after all. */
  | { readonly status: 'canceled' };

export type ChargeResult =
  | { readonly status: 'charged'; readonly charge_id: string }
  | { readonly status: 'declined'; readonly reason: string };

export type RefundResult =
  | { readonly status: 'refunded'; readonly refund_id: string; readonly refunded_minor: number }
  | { readonly status: 'declined'; readonly reason: string };

/** What moves a payment on: an event of the order, or the gateway's answer. */
export type PaymentInput =
  | OrderPlaced
  | OrderCanceled
  | { readonly event_type: 'charge_answered'; readonly result: ChargeResult }
  | { readonly event_type: 'refund_answered'; readonly result: RefundResult };

export type PaymentOutcome =
  | 'charged'
  | 'declined'
  | 'nothing_due'
  | 'refunded'
  | 'refund_declined'
  | 'canceled_before_charge'
  | 'already_charged'
  | 'already_declined'
  | 'already_refunded'
  | 'already_canceled'
  | 'nothing_to_refund'
  | 'ignored_canceled';

export type PaymentDecision =
  /** Record `next`, if there is one; then it is done. */
  | { readonly action: 'settle'; readonly outcome: PaymentOutcome; readonly next?: PaymentState }
  /** Record `next`, then ask the gateway, and decide again with its answer. */
  | { readonly action: 'charge' | 'refund'; readonly next: PaymentState & Amount }
  /** Somebody else is at the gateway; come back after that. */
  | { readonly action: 'wait'; readonly lease: Lease };

export interface PaymentWorker {
  /** The lease that this worker takes when it goes to the gateway. */
  readonly lease: Lease;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/**
 * Decides what an order's payment needs.
 *
 * An order is charged at most once and refunded at most once, in whatever order and however often its
 * events come: canceled before placed is not charged, canceled while being charged is refunded.
 */
export function decidePayment(
  state: PaymentState | undefined,
  input: PaymentInput,
  worker: PaymentWorker,
): PaymentDecision {
  switch (input.event_type) {
    case 'order_placed':
      return placed(state, input, worker);
    case 'order_canceled':
      return canceled(state, worker);
    case 'charge_answered':
      return chargeAnswered(state, input.result);
    case 'refund_answered':
      return refundAnswered(state, input.result);
  }
}

function placed(
  state: PaymentState | undefined,
  order: OrderPlaced,
  { lease, now }: PaymentWorker,
): PaymentDecision {
  switch (state?.status) {
    case undefined: {
      if (order.total_minor === 0) return settle('nothing_due', { status: 'nothing_due' });
      const amount = { amount_minor: order.total_minor, currency: order.currency };
      return { action: 'charge', next: { status: 'charging', ...amount, lease } };
    }
    case 'charging':
      // The amount that was recorded, not that of the event: the gateway knows this charge by it.
      return isHeld(state.lease, lease, now)
        ? { action: 'wait', lease: state.lease }
        : { action: 'charge', next: { ...state, lease } };
    case 'charged':
      return settle('already_charged');
    case 'declined':
      return settle('already_declined');
    case 'nothing_due':
      return settle('nothing_due');
    case 'refunding':
    case 'refunded':
    case 'refund_declined':
    case 'canceled':
      return settle('ignored_canceled');
  }
}

function canceled(state: PaymentState | undefined, { lease, now }: PaymentWorker): PaymentDecision {
  switch (state?.status) {
    case undefined:
      return settle('canceled_before_charge', { status: 'canceled' });
    // Whether the charge arrived or not: the gateway gives back what it took, and takes nothing after.
    case 'charging':
    case 'charged':
      return { action: 'refund', next: { status: 'refunding', ...amountOf(state), lease } };
    case 'refunding':
      return isHeld(state.lease, lease, now)
        ? { action: 'wait', lease: state.lease }
        : { action: 'refund', next: { ...state, lease } };
    case 'declined':
    case 'nothing_due':
      return settle('nothing_to_refund');
    case 'refunded':
    case 'refund_declined':
      return settle('already_refunded');
    case 'canceled':
      return settle('already_canceled');
  }
}

function chargeAnswered(state: PaymentState | undefined, result: ChargeResult): PaymentDecision {
  switch (state?.status) {
    case 'charging':
      return result.status === 'charged'
        ? settle('charged', { ...amountOf(state), status: 'charged', charge_id: result.charge_id })
        : settle('declined', { ...amountOf(state), status: 'declined', reason: result.reason });
    case 'charged':
      return settle('already_charged');
    case 'declined':
      return settle('already_declined');
    // Canceled while the charge was under way: who cancels has it given back.
    case 'refunding':
    case 'refunded':
    case 'refund_declined':
      return settle('ignored_canceled');
    case 'nothing_due':
    case 'canceled':
    case undefined:
      throw new Error(`A charge was answered for a payment that is ${state?.status ?? 'not recorded'}`);
  }
}

function refundAnswered(state: PaymentState | undefined, result: RefundResult): PaymentDecision {
  switch (state?.status) {
    case 'refunding': {
      if (result.status === 'declined') {
        return settle('refund_declined', {
          ...amountOf(state),
          status: 'refund_declined',
          reason: result.reason,
        });
      }
      const { refund_id, refunded_minor } = result;
      return settle(refunded_minor > 0 ? 'refunded' : 'canceled_before_charge', {
        ...amountOf(state),
        status: 'refunded',
        refund_id,
        refunded_minor,
      });
    }
    case 'refunded':
    case 'refund_declined':
      return settle('already_refunded');
    default:
      throw new Error(`A refund was answered for a payment that is ${state?.status ?? 'not recorded'}`);
  }
}

/**
 * The state after the gateway could not be asked: free for the next delivery at once.
 */
export function released(state: PaymentState): PaymentState {
  return state.status === 'charging' || state.status === 'refunding'
    ? { ...state, lease: { ...state.lease, until: 0 } }
    : state;
}

/** A worker is not kept out by its own lease, which it finds when the answer to its write got lost. */
function isHeld(held: Lease, own: Lease, now: number): boolean {
  return held.owner !== own.owner && held.until > now;
}

function amountOf({ amount_minor, currency }: Amount): Amount {
  return { amount_minor, currency };
}

function settle(outcome: PaymentOutcome, next?: PaymentState): PaymentDecision {
  return { action: 'settle', outcome, ...(next && { next }) };
}
