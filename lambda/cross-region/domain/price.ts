import type { PriceChanged } from '../../../contracts/prices.ts';

/** The price that a region shows. */
export type PriceState = Pick<PriceChanged, 'price_minor' | 'revision'>;

export type PriceDecision =
  | { readonly action: 'show'; readonly next: PriceState }
  | { readonly action: 'pass'; readonly outcome: 'price_shown_before' | 'price_outdated' }
  | { readonly action: 'refuse'; readonly reason: string };

/** Decides what a price changes: the highest revision counts, in whatever order they come, and however often. */
export function decidePrice(state: PriceState | undefined, change: PriceState): PriceDecision {
  const { price_minor, revision } = change;
  if (state === undefined || revision > state.revision) {
    return { action: 'show', next: { price_minor, revision } };
  }
  if (revision < state.revision) return { action: 'pass', outcome: 'price_outdated' };
  if (price_minor === state.price_minor) return { action: 'pass', outcome: 'price_shown_before' };
  return {
    action: 'refuse',
    reason: `revision ${revision} was ${state.price_minor} before, and is ${price_minor} now`,
  };
}
