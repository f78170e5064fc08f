import type { PaymentTask } from '../../contracts/order-workflow.ts';
import { type PaymentPorts, paymentProcessing } from '../orders/payment-processing.ts';
import type { Delivery, Handled } from '../shared/message-consumer.ts';
import { paymentVerdict } from './domain/payment-verdict.ts';
import type { WorkflowTasks } from './workflow-tasks.ts';

export interface PaymentTakingPorts extends PaymentPorts {
  readonly tasks: WorkflowTasks;
}

/**
 * Takes the payment that an execution waits for, and tells it what became of it.
 *
 * It asks first whether anybody still waits, which is its heartbeat too: an order whose time is up has been
 * canceled, and is not charged. A worker that dies before it answers leaves the message, whose next delivery finds
 * what was done and answers the same. What fails for a while is no answer: the message comes back.
 */
export function paymentTaking({ tasks, ...ports }: PaymentTakingPorts) {
  const process = paymentProcessing(ports);
  return async ({ task_token, order }: PaymentTask, delivery: Delivery): Promise<Handled> => {
    if ((await tasks.heartbeat(task_token)) === 'settled') return { outcome: 'nobody_waits' };
    const { outcome, details } = await process(order, delivery);
    const reason = typeof details?.reason === 'string' ? details.reason : undefined;
    const verdict = paymentVerdict(outcome, reason);
    // An execution whose time was up meanwhile hears nothing: it cancels the payment, or has done so.
    const answer = verdict.succeeds
      ? await tasks.succeed(task_token, verdict.answer)
      : await tasks.fail(task_token, verdict.error, verdict.cause);
    return { outcome, details: { ...details, answer } };
  };
}
