import { DependencyDownError } from '../failures.ts';

/** What there is on a connection. Who needs it while there is none waits for the next, but not for long. */
export class WhenConnected<Value> {
  #value = Promise.withResolvers<Value>();
  #isThere = false;

  set(value: Value): void {
    if (this.#isThere) this.clear();
    this.#isThere = true;
    this.#value.resolve(value);
  }

  /** Whoever waits already goes on waiting. */
  clear(): void {
    if (!this.#isThere) return;
    this.#isThere = false;
    this.#value = Promise.withResolvers();
  }

  /** @throws DependencyDownError when there is no connection for so long. */
  async within(milliseconds: number): Promise<Value> {
    const late = Promise.withResolvers<never>();
    const timer = setTimeout(
      () => late.reject(new DependencyDownError(`No broker answered within ${milliseconds} ms.`)),
      milliseconds,
    );
    try {
      return await Promise.race([this.#value.promise, late.promise]);
    } finally {
      clearTimeout(timer);
    }
  }
}
