import type { OrderPlaced } from '../../contracts/orders.ts';

/** The workflows of orders, one for each order id. */
export interface OrderWorkflows {
  /**
   * Starts an order's workflow, once however often it is asked.
   *
   * @returns undefined when it was started now, otherwise the order that it was started with before.
   */
  start(order: OrderPlaced): Promise<OrderPlaced | undefined>;
}
