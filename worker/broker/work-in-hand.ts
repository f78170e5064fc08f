/** What a consumer has begun and not ended. */
export class WorkInHand {
  readonly #begun = new Set<Promise<void>>();

  add(work: Promise<void>): void {
    const counted = work.finally(() => this.#begun.delete(counted));
    this.#begun.add(counted);
  }

  /** Resolves when all is done that was begun, or after so long. */
  async done(withinMs: number): Promise<void> {
    const outOfTime = Promise.withResolvers<void>();
    const timer = setTimeout(outOfTime.resolve, withinMs);
    await Promise.race([Promise.all(this.#begun), outOfTime.promise]);
    clearTimeout(timer);
  }
}
