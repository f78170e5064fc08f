import type { StockAnswer, StockTask } from '../../contracts/order-workflow.ts';
import { type InventoryPorts, inventoryProcessing } from '../orders/inventory-processing.ts';
import type { Handled } from '../shared/queue-consumer.ts';
import { cancellationOf } from './domain/order-cancellation.ts';
import { stockAnswer } from './domain/stock-answer.ts';

/**
 * Reserves stock for an order, and releases what was reserved: each once, however often it is asked, and nothing
 * that was not reserved.
 */
export function stockKeeping(ports: InventoryPorts) {
  const process = inventoryProcessing(ports);
  return async ({ command, order }: StockTask): Promise<Handled & { readonly answer: StockAnswer }> => {
    const { outcome, details } = await process(
      command === 'reserve' ? order : cancellationOf(order, new Date()),
    );
    return { outcome, ...(details && { details }), answer: stockAnswer(outcome) };
  };
}
