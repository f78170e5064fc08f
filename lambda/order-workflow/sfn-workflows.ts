import { DescribeExecutionCommand, type SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import * as v from 'valibot';
import { workflowInput } from '../../contracts/order-workflow.ts';
import { type OrderPlaced, orderEvents } from '../../contracts/orders.ts';
import { reach } from '../shared/dependency.ts';
import { DependencyDownError, errorFrom } from '../shared/failures.ts';
import { parseJson } from '../shared/message-body.ts';
import type { OrderWorkflows } from './order-workflows.ts';

export interface SfnWorkflowsOptions {
  readonly sfn: Pick<SFNClient, 'send'>;
  readonly stateMachineArn: string;
}

/**
 * Executions of a standard state machine, named after their orders.
 *
 * Step Functions takes a name once in 90 days. It answers the same request again with success while the first
 * execution runs; but no two requests for an order are the same, since each is posted at another time. So what it
 * takes for a name in use is looked at: it is the same order, or another one under its id.
 *
 * @see https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html
 */
export class SfnWorkflows implements OrderWorkflows {
  readonly #sfn: Pick<SFNClient, 'send'>;
  readonly #stateMachineArn: string;

  constructor({ sfn, stateMachineArn }: SfnWorkflowsOptions) {
    this.#sfn = sfn;
    this.#stateMachineArn = stateMachineArn;
  }

  /**
   * @throws TypeError where the card's token is not encrypted.
   * @throws DependencyDownError when Step Functions cannot be reached or cannot start it now.
   */
  async start(order: OrderPlaced): Promise<OrderPlaced | undefined> {
    const { body } = orderEvents.encode(order);
    try {
      await reach(
        'Step Functions',
        this.#sfn.send(
          new StartExecutionCommand({
            stateMachineArn: this.#stateMachineArn,
            name: order.order_id,
            input: `{"order":${body}}`,
          }),
        ),
      );
      return undefined;
    } catch (thrown) {
      if (errorFrom(thrown).name !== 'ExecutionAlreadyExists') throw thrown;
      return this.#startedWith(order.order_id);
    }
  }

  async #startedWith(orderId: string): Promise<OrderPlaced> {
    const executionArn = `${this.#stateMachineArn.replace(':stateMachine:', ':execution:')}:${orderId}`;
    const { input = '' } = await this.#describe(executionArn);
    return v.parse(workflowInput, parseJson(input)).order;
  }

  /** What was started a moment ago may not be there to be looked at yet: whoever posted the order posts it again. */
  async #describe(executionArn: string) {
    try {
      return await reach('Step Functions', this.#sfn.send(new DescribeExecutionCommand({ executionArn })));
    } catch (thrown) {
      const error = errorFrom(thrown);
      if (error.name !== 'ExecutionDoesNotExist') throw error;
      throw new DependencyDownError(
        'Step Functions takes the name for one in use, and does not show its execution yet. It is safe to try again.',
        { cause: error },
      );
    }
  }
}
