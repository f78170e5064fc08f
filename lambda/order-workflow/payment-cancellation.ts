import type { CancellationTask } from '../../contracts/order-workflow.ts';
import { type PaymentPorts, paymentProcessing } from '../orders/payment-processing.ts';
import type { Delivery, Handled } from '../shared/queue-consumer.ts';
import { cancellationOf } from './domain/order-cancellation.ts';

/**
 * Cancels the payment of an order that does not come about. What was charged is given back; what was not is not
 * charged any more, though the message that asks for it may still be in its queue.
 */
export function paymentCancellation(ports: Omit<PaymentPorts, 'cardTokens'>) {
  // Nobody needs a card to be given money back.
  const process = paymentProcessing({ ...ports, cardTokens: { decrypt: async () => undefined } });
  return async (
    { order }: CancellationTask,
    delivery: Delivery,
  ): Promise<Handled & { readonly answer: { readonly status: string } }> => {
    const { outcome, details } = await process(cancellationOf(order, new Date()), delivery);
    return { outcome, ...(details && { details }), answer: { status: outcome } };
  };
}
