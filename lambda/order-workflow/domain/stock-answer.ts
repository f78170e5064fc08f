import type { StockAnswer } from '../../../contracts/order-workflow.ts';
import type { ReservationOutcome } from '../../orders/domain/inventory.ts';

/** What the workflow is told of the stock; of what was done before, the same as then. */
export function stockAnswer(outcome: ReservationOutcome): StockAnswer {
  switch (outcome) {
    case 'reserved':
    case 'already_reserved':
      return { status: 'reserved' };
    case 'out_of_stock':
    case 'already_out_of_stock':
      return { status: 'out_of_stock' };
    case 'released':
    case 'already_released':
      return { status: 'released' };
    case 'canceled':
    case 'canceled_before_reserved':
    case 'already_canceled':
      return { status: 'nothing_reserved' };
    // Released or canceled before: reserving it again would keep stock that nobody gives back.
    case 'ignored_canceled':
      return { status: 'not_reserved' };
    // These only come of orders that shipped, which this workflow does not do.
    case 'deducted':
    case 'already_deducted':
    case 'canceled_too_late':
    case 'shipped_before_reserved':
    case 'shipped_uncounted':
    case 'shipped_without_reservation':
      throw new Error(`The stock of an order that was not shipped was ${outcome}`);
  }
}
