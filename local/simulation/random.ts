/** Numbers that look random and are the same for the same seed. */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** @returns 0 or more, below 1. */
  next(): number {
    // Mulberry32.
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  }

  /** Time until something happens that does so once in `mean` on average, whatever happened before. */
  exponential(mean: number): number {
    return -mean * Math.log(1 - this.next());
  }

  /**
   * Time that work takes: never nothing, mostly a little below the mean, now and then far above.
   *
   * @param spread standard deviation divided by the mean; 0 gives the mean every time.
   */
  duration(mean: number, spread: number): number {
    const sigma = Math.sqrt(Math.log(1 + spread ** 2));
    const normal = Math.sqrt(-2 * Math.log(1 - this.next())) * Math.cos(2 * Math.PI * this.next());
    return mean * Math.exp(sigma * normal - sigma ** 2 / 2);
  }

  /** One of these, taken out. */
  take<Item>(items: Item[]): Item | undefined {
    const [taken] = items.splice(Math.floor(this.next() * items.length), 1);
    return taken;
  }
}
