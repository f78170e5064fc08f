import type { OrderCanceled, OrderPlaced } from '../../contracts/orders.ts';
import type { SecretText } from '../../contracts/secret-fields.ts';
import { WorkInProgressError } from '../shared/failures.ts';
import type { Delivery, Handled } from '../shared/queue-consumer.ts';
import { onCurrentState, type Versioned, type VersionedStates } from '../shared/versioned-items.ts';
import {
  decidePayment,
  type PaymentDecision,
  type PaymentInput,
  type PaymentOutcome,
  type PaymentState,
  released,
} from './domain/payment.ts';
import type { PaymentGateway } from './payment-gateway.ts';

export interface PaymentPorts {
  readonly payments: VersionedStates<PaymentState>;
  readonly gateway: PaymentGateway;
  readonly cardTokens: { decrypt(order: OrderPlaced): Promise<SecretText | undefined> };
  /** Milliseconds since 1970. */
  readonly now?: () => number;
}

/** What was done about a payment. */
export interface HandledPayment extends Handled {
  readonly outcome: PaymentOutcome;
}

/**
 * Charges what was ordered and refunds what was canceled, each once.
 *
 * The intent is recorded before the gateway is called, the result after: a delivery that finds an intent
 * asks the gateway again under the same key, and gets the answer that was lost. The card's token is decrypted
 * for each call and never recorded: every delivery of the event brings it along.
 */
export function paymentProcessing({ payments, gateway, cardTokens, now = Date.now }: PaymentPorts) {
  return async (event: OrderPlaced | OrderCanceled, delivery: Delivery): Promise<HandledPayment> => {
    const orderId = event.order_id;
    // An order is hardly ever placed twice, so that is not asked first: the write finds out.
    let seen = event.event_type === 'order_placed' ? undefined : await payments.read(orderId);
    let input: PaymentInput = event;
    for (;;) {
      const { decision, stored } = await decide(seen);
      switch (decision.action) {
        case 'settle':
          return handled(decision);
        case 'wait':
          throw new WorkInProgressError(
            `The payment of order ${orderId} is at the gateway for another delivery (${decision.lease.owner}), ` +
              `until ${new Date(decision.lease.until).toISOString()} at the latest. This one comes back.`,
          );
        case 'charge':
        case 'refund':
          input = await ask(decision, stored);
          seen = stored;
      }
    }

    function decide(assumed: Versioned<PaymentState> | undefined) {
      return onCurrentState(payments, orderId, assumed, async current => {
        const time = now();
        const decision = decidePayment(current?.state, input, {
          lease: { owner: delivery.id, until: time + delivery.remainingTimeInMs() },
          now: time,
        });
        const next = decision.action === 'wait' ? undefined : decision.next;
        const stored = next === undefined ? current : await payments.write(orderId, next, current);
        return { decision, stored };
      });
    }

    async function ask(
      { action, next }: Extract<PaymentDecision, { action: 'charge' | 'refund' }>,
      stored: Versioned<PaymentState> | undefined,
    ): Promise<PaymentInput> {
      const request = {
        order_id: orderId,
        amount_minor: next.amount_minor,
        currency: next.currency,
      };
      try {
        if (action === 'refund') {
          return { event_type: 'refund_answered', result: await gateway.refund(request) };
        }
        // Only an order that was placed is ever charged.
        const card_token = event.event_type === 'order_placed' ? await cardTokens.decrypt(event) : undefined;
        return { event_type: 'charge_answered', result: await gateway.charge({ ...request, card_token }) };
      } catch (error) {
        // If that fails too, or somebody else has taken over, the lease ends with the invocation.
        await payments.write(orderId, released(next), stored).catch(() => undefined);
        throw error;
      }
    }
  };
}

function handled({ outcome, next }: Extract<PaymentDecision, { action: 'settle' }>): HandledPayment {
  return { outcome, ...(next !== undefined && 'reason' in next && { details: { reason: next.reason } }) };
}
