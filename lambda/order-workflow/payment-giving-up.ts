import { paymentErrors, type TaskEnvelope } from '../../contracts/order-workflow.ts';
import type { Handled } from '../shared/message-consumer.ts';
import type { WorkflowTasks } from './workflow-tasks.ts';

/**
 * Tells an execution that the payment which it waits for was given up, so that it goes on at once and not when its
 * time is up. The message is done with then: redriven, it would find nobody who waits.
 */
export function paymentGivingUp({ tasks }: { readonly tasks: Pick<WorkflowTasks, 'fail'> }) {
  return async ({ task_token }: TaskEnvelope): Promise<Handled> => {
    const answer = await tasks.fail(
      task_token,
      paymentErrors.givenUp,
      'The payment failed until its queue gave the message up. The log of take-payment says why.',
    );
    return { outcome: answer === 'heard' ? 'given_up' : 'nobody_waits' };
  };
}
