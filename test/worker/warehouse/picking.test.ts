import type { Pick, PickStore } from '../../../worker/warehouse/pick-store.ts';
import { picking } from '../../../worker/warehouse/picking.ts';
import { orderCanceled, orderPlaced } from '../../support/order-events.ts';

class PicksInMemory implements PickStore {
  readonly picks = new Map<string, Pick | 'withdrawn'>();

  async open(pick: Pick): Promise<boolean> {
    if (this.picks.has(pick.orderId)) return false;
    this.picks.set(pick.orderId, pick);
    return true;
  }

  async withdraw(orderId: string): Promise<boolean> {
    const wasThere = this.picks.get(orderId) === 'withdrawn';
    this.picks.set(orderId, 'withdrawn');
    return !wasThere;
  }
}

it.each([
  ['an order', [orderPlaced()], ['opened']],
  ['an order that comes twice', [orderPlaced(), orderPlaced()], ['opened', 'known_before']],
  ['an order that is canceled', [orderPlaced(), orderCanceled()], ['opened', 'withdrawn']],
  ['a cancellation that comes twice', [orderCanceled(), orderCanceled()], ['withdrawn', 'withdrawn_before']],
  [
    'an order that comes after its cancellation',
    [orderCanceled(), orderPlaced()],
    ['withdrawn', 'known_before'],
  ],
])('picks %s as it should', async (_, events, outcomes) => {
  const handle = picking(new PicksInMemory());
  const found: string[] = [];
  for (const event of events) found.push((await handle(event)).outcome);
  expect(found).toEqual(outcomes);
});
