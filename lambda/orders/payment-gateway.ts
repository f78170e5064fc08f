import type { SecretText } from '../../contracts/secret-fields.ts';
import type { Amount, ChargeResult, RefundResult } from './domain/payment.ts';

export interface PaymentRequest extends Amount {
  readonly order_id: string;
}

export interface ChargeRequest extends PaymentRequest {
  /** The card to charge; without one, that which the gateway has on file for the order. */
  readonly card_token?: SecretText | undefined;
}

/**
 * Who takes the money. A gateway that cannot answer now makes the call throw a passing failure; a card
 * that it refuses is an answer.
 */
export interface PaymentGateway {
  /** Takes an order's money: once, however often it is asked. */
  charge(request: ChargeRequest): Promise<ChargeResult>;

  /**
   * Gives back what was taken for an order, once, however often it is asked; and from then on takes
   * nothing for it: a charge that is still under way is refused, or given back too.
   */
  refund(request: PaymentRequest): Promise<RefundResult>;
}
