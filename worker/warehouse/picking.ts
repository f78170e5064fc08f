import type { WarehouseEvent } from '../../contracts/message-broker.ts';
import type { JobOutcome } from '../job.ts';
import type { PickStore } from './pick-store.ts';

/** Opens and withdraws picks, each once, in whatever order and however often the events come. */
export function picking(picks: PickStore) {
  return async (event: WarehouseEvent): Promise<JobOutcome> => {
    switch (event.event_type) {
      case 'order_placed': {
        const { order_id: orderId, customer, items } = event;
        return { outcome: (await picks.open({ orderId, customer, items })) ? 'opened' : 'known_before' };
      }
      case 'order_canceled':
        return { outcome: (await picks.withdraw(event.order_id)) ? 'withdrawn' : 'withdrawn_before' };
    }
  };
}
