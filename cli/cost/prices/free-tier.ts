import type { PriceTable } from './price-table.ts';

/** What of an account's monthly free tier is left: each system takes from it in its turn. */
export class FreeTier {
  readonly #left: Map<string, number>;
  readonly #tierOf: ReadonlyMap<string, string>;

  constructor(tiers: PriceTable['freeTier']) {
    this.#left = new Map(Object.entries(tiers).map(([tier, { quantity }]) => [tier, quantity]));
    this.#tierOf = new Map(
      Object.entries(tiers).flatMap(([tier, { prices }]) =>
        prices.map((price): [string, string] => [price, tier]),
      ),
    );
  }

  /** @returns how much of a quantity is free. */
  take(price: string, quantity: number): number {
    const tier = this.#tierOf.get(price);
    const left = tier === undefined ? 0 : (this.#left.get(tier) ?? 0);
    const taken = Math.min(left, quantity);
    if (tier !== undefined) this.#left.set(tier, left - taken);
    return taken;
  }
}
