import type { PriceChanged } from '../../contracts/prices.ts';
import { PermanentFailure } from '../shared/failures.ts';
import type { Handled } from '../shared/queue-consumer.ts';
import { onCurrentState, type VersionedStates } from '../shared/versioned-items.ts';
import { decidePrice, type PriceState } from './domain/price.ts';

/** Two prices claim the same revision: regions would differ for good. */
export class RevisionConflictError extends PermanentFailure {
  override readonly name = 'RevisionConflictError';
}

export interface PricePorts {
  /** What this region shows. */
  readonly prices: VersionedStates<PriceState>;
}

/** Shows the latest price of each product in one region; every region does the same and asks no other. */
export function priceShowing({ prices }: PricePorts) {
  return async (change: PriceChanged): Promise<Handled> => {
    const { product_id, revision } = change;
    return onCurrentState(prices, product_id, await prices.read(product_id), async seen => {
      const decision = decidePrice(seen?.state, change);
      switch (decision.action) {
        case 'show':
          await prices.write(product_id, decision.next, seen);
          return { outcome: 'price_shown', details: { revision } };
        case 'pass':
          return { outcome: decision.outcome, details: { revision } };
        case 'refuse':
          throw new RevisionConflictError(
            `The price of product ${product_id} is not shown: ${decision.reason}. ` +
              'Publish the right one with the next revision; until then, regions may differ.',
          );
      }
    });
  };
}
