import { DependencyDownError } from '../shared/failures.ts';
import type { ChargeResult, RefundResult } from './domain/payment.ts';
import type { PaymentGateway, PaymentRequest } from './payment-gateway.ts';

/**
 * Gateway that takes every charge, but those it is told not to, and moves no money. It keeps nothing: the same order gets the same
 * answer, which is what a gateway that does a request once looks like from outside.
 */
export class SimulatedPaymentGateway implements PaymentGateway {
  readonly #failingOrders: ReadonlySet<string>;
  readonly #declinedOrders: ReadonlySet<string>;

  /**
   * @param failingOrders ids of orders for whose charges the gateway is down.
   * @param declinedOrders ids of orders whose charges it declines.
   */
  constructor(failingOrders: Iterable<string> = [], declinedOrders: Iterable<string> = []) {
    this.#failingOrders = new Set(failingOrders);
    this.#declinedOrders = new Set(declinedOrders);
  }

  async charge({ order_id }: PaymentRequest): Promise<ChargeResult> {
    if (this.#declinedOrders.has(order_id)) return { status: 'declined', reason: 'The card was declined' };
    if (this.#failingOrders.has(order_id)) {
      throw new DependencyDownError(
        `The simulated payment gateway fails for order ${order_id}, as SIMULATED_GATEWAY_FAILS says. ` +
          'Take the order out of that variable, then redrive.',
      );
    }
    return { status: 'charged', charge_id: `simulated-charge-${order_id}` };
  }

  async refund({ order_id, amount_minor }: PaymentRequest): Promise<RefundResult> {
    const taken = this.#failingOrders.has(order_id) ? 0 : amount_minor;
    return { status: 'refunded', refund_id: `simulated-refund-${order_id}`, refunded_minor: taken };
  }
}
