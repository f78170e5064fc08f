/** Something that is to be done over and over. */
export interface Schedule {
  readonly everyMs: number;
  readonly act: () => Promise<unknown>;
}

/** What is done at regular times while the local cloud runs. */
export class Schedules {
  readonly #timers: NodeJS.Timeout[] = [];
  readonly #inHand = new Set<Promise<unknown>>();

  /** Begins with the first time one interval from now. */
  add({ everyMs, act }: Schedule): void {
    this.#timers.push(
      setInterval(() => {
        // What fails says so itself; the next time comes all the same.
        const done: Promise<unknown> = act()
          .catch(() => undefined)
          .finally(() => this.#inHand.delete(done));
        this.#inHand.add(done);
      }, everyMs),
    );
  }

  /** Begins nothing further, and waits for what is in hand. */
  async stop(): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer);
    await Promise.all(this.#inHand);
  }
}
