/** Entries that one batch call of SQS takes. */
const batchSize = 10;

interface Waiting<Entry> {
  readonly entry: Entry;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

/**
 * Joins calls that are made at the same moment into batches, so that ten jobs that end together cost one
 * request. Nothing waits for company: what stands alone goes alone.
 */
export class CallBatch<Entry> {
  readonly #send: (entries: readonly Entry[]) => Promise<readonly (Error | undefined)[]>;
  #waiting: Waiting<Entry>[] = [];

  /** @param send makes one call of up to ten entries, and answers for each its error or none. */
  constructor(send: (entries: readonly Entry[]) => Promise<readonly (Error | undefined)[]>) {
    this.#send = send;
  }

  call(entry: Entry): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.#waiting.length === 0) setImmediate(() => this.#flush());
      this.#waiting.push({ entry, resolve, reject });
    });
  }

  #flush(): void {
    const all = this.#waiting;
    this.#waiting = [];
    for (let start = 0; start < all.length; start += batchSize) {
      void this.#sendBatch(all.slice(start, start + batchSize));
    }
  }

  async #sendBatch(batch: readonly Waiting<Entry>[]): Promise<void> {
    try {
      const errors = await this.#send(batch.map(({ entry }) => entry));
      for (const [index, { resolve, reject }] of batch.entries()) {
        const error = errors[index];
        if (error === undefined) resolve();
        else reject(error);
      }
    } catch (error) {
      for (const { reject } of batch) reject(error as Error);
    }
  }
}
