/** Second tries that may be made at once after a quiet time. */
const most = 10;

/**
 * How many second tries an airline gets: one for every ten queries, over time. An airline that is slow
 * for everybody would otherwise get twice the load just then.
 */
export class SecondTries {
  readonly #share: number;
  #left = most;

  /** @param share second tries for each query. */
  constructor(share = 0.1) {
    this.#share = share;
  }

  /** A query is made. */
  earn(): void {
    this.#left = Math.min(most, this.#left + this.#share);
  }

  /** @returns whether a second try may be made; it is made then. */
  take(): boolean {
    // A sum of tenths is never quite a whole number.
    if (this.#left < 1 - 1e-9) return false;
    this.#left -= 1;
    return true;
  }
}
