import type { ChargeResult, RefundResult } from '../../lambda/orders/domain/payment.ts';
import type { ChargeRequest, PaymentGateway, PaymentRequest } from '../../lambda/orders/payment-gateway.ts';

/**
 * A gateway that keeps the promises of the port, and books what it really moved: an order's money is
 * taken once and given back once, and is not taken after it was given back. Asked again for the same order
 * with another amount or card, it fails, as gateways do whose idempotency key comes with another request.
 */
export class BookkeepingGateway implements PaymentGateway {
  /** Every call, `charge 12345`. */
  readonly calls: string[] = [];
  readonly #taken = new Map<string, number>();
  readonly #cards = new Map<string, string | undefined>();
  readonly #givenBack = new Map<string, number>();

  /** Runs before a call does anything; what it throws, the call throws. */
  before: (call: string) => unknown = () => undefined;
  /** Runs when the call has done its work, before it is answered; what it throws, the call throws. */
  after: (call: string) => unknown = () => undefined;

  /** What the gateway holds of an order. */
  balance(orderId: string): number {
    return (this.#taken.get(orderId) ?? 0) - (this.#givenBack.get(orderId) ?? 0);
  }

  /** How often money was taken for orders. */
  get charges(): number {
    return this.#taken.size;
  }

  /** Token of the card that an order was charged to. */
  cardOf(orderId: string): string | undefined {
    return this.#cards.get(orderId);
  }

  async charge({ order_id, amount_minor, card_token }: ChargeRequest): Promise<ChargeResult> {
    const call = `charge ${order_id}`;
    this.calls.push(call);
    await this.before(call);
    if (this.#givenBack.has(order_id)) return { status: 'declined', reason: 'The order was canceled' };
    const taken = this.#taken.get(order_id) ?? amount_minor;
    if (taken !== amount_minor)
      throw new Error(`Order ${order_id} was charged ${taken}, now ${amount_minor}`);
    const card = card_token?.reveal();
    if (this.#cards.has(order_id) && this.#cards.get(order_id) !== card)
      throw new Error(`Order ${order_id} was charged to another card`);
    this.#cards.set(order_id, card);
    this.#taken.set(order_id, taken);
    await this.after(call);
    return { status: 'charged', charge_id: `charge-${order_id}` };
  }

  async refund({ order_id }: PaymentRequest): Promise<RefundResult> {
    const call = `refund ${order_id}`;
    this.calls.push(call);
    await this.before(call);
    const givenBack = this.#taken.get(order_id) ?? 0;
    this.#givenBack.set(order_id, givenBack);
    await this.after(call);
    return { status: 'refunded', refund_id: `refund-${order_id}`, refunded_minor: givenBack };
  }
}
