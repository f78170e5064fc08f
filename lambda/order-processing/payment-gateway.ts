import type { Amount, ChargeResult, RefundResult } from './domain/payment.ts';

export interface PaymentRequest extends Amount {
  readonly order_id: string;
}

/**
 * Who takes the money. A gateway that cannot answer now makes the call throw a passing failure; a card
 * that it refuses is an answer.
 */
export interface PaymentGateway {
  /** Takes an order's money: once, however often it is asked. */
  charge(request: PaymentRequest): Promise<ChargeResult>;

  /**
   * Gives back what was taken for an order, once, however often it is asked; and from then on takes
   * nothing for it: a charge that is still under way is refused, or given back too.
   */
  refund(request: PaymentRequest): Promise<RefundResult>;
}
