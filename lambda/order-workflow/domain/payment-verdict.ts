import { type PaymentAnswer, paymentErrors } from '../../../contracts/order-workflow.ts';
import type { PaymentOutcome } from '../../orders/domain/payment.ts';

/** What the workflow is told of a payment. */
export type PaymentVerdict =
  | { readonly succeeds: true; readonly answer: PaymentAnswer }
  | { readonly succeeds: false; readonly error: string; readonly cause: string };

/**
 * Decides what the workflow is told, from what was done about the payment now or, where this is a duplicate, what
 * had been done before: the second answer is the same as the first.
 */
export function paymentVerdict(outcome: PaymentOutcome, reason?: string): PaymentVerdict {
  switch (outcome) {
    case 'charged':
    case 'already_charged':
      return { succeeds: true, answer: { status: 'charged' } };
    case 'nothing_due':
      return { succeeds: true, answer: { status: 'nothing_due' } };
    case 'declined':
    case 'already_declined':
      return {
        succeeds: false,
        error: paymentErrors.declined,
        cause: reason ?? 'The gateway declined the charge at an earlier delivery',
      };
    case 'ignored_canceled':
      return {
        succeeds: false,
        error: paymentErrors.canceled,
        cause: 'The payment was canceled before it was taken, and is not taken any more',
      };
    case 'refunded':
    case 'refund_declined':
    case 'canceled_before_charge':
    case 'already_refunded':
    case 'already_canceled':
    case 'nothing_to_refund':
      throw new Error(`A payment that was to be taken was ${outcome}`);
  }
}
