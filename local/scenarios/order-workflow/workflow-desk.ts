import { DescribeExecutionCommand, type DescribeExecutionCommandOutput } from '@aws-sdk/client-sfn';
import { until } from '../condition.ts';
import { unequal } from '../expectations.ts';
import type { RunningSystem } from '../scenario.ts';

/** An order as a client posts it. */
export interface PostedOrder {
  readonly order_id: string;
  readonly customer: string;
  readonly total: number;
  readonly card_token?: string;
  readonly items: readonly { readonly sku: string; readonly quantity: number }[];
}

/** Places orders as clients do, and looks at their executions. */
export class WorkflowDesk {
  readonly #system: RunningSystem;

  constructor(system: RunningSystem) {
    this.#system = system;
  }

  /** @returns the status of the answer. */
  async post(order: PostedOrder): Promise<number> {
    const { status } = await fetch(this.#system.output('OrdersUrl'), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(order),
    });
    return status;
  }

  execution({ order_id }: Pick<PostedOrder, 'order_id'>): Promise<DescribeExecutionCommandOutput> {
    const machineArn = this.#system.output('StateMachineArn');
    return this.#system.stepFunctions.send(
      new DescribeExecutionCommand({
        executionArn: `${machineArn.replace(':stateMachine:', ':execution:')}:${order_id}`,
      }),
    );
  }

  /** Waits until an order's execution is over: with that status as its output, or failed with that error. */
  async untilEnded(order: PostedOrder, expected: string): Promise<void> {
    await until(async () => {
      const { status, output, error } = await this.execution(order);
      const told = output === undefined ? error : (JSON.parse(output) as { status: string }).status;
      return unequal(`order ${order.order_id}`, told ?? status, expected);
    });
  }

  /** How often a function of this system logged an outcome for an order. */
  times(service: string, outcome: string, { order_id }: PostedOrder): number {
    return this.#system.log.filter(
      ({ fields }) =>
        fields.service === service && fields.outcome === outcome && fields.order_id === order_id,
    ).length;
  }
}
