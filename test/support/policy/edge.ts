/** A way that messages take from one resource to another. */
export interface Edge {
  /** Both ends: `order-processing/OrderPlaced/Topic → order-processing/Payment/Queue`. */
  readonly name: string;

  /**
   * What is wrong with it, each as `kind: reason`.
   *
   * `blocked`: what should pass would be refused. `open`: what should not pass would. `plaintext`: it
   * would pass without TLS. `unseen`: the tests cannot tell.
   */
  faults(): Promise<readonly string[]>;
}

/** A delivery whose policies the tests cannot see, so that it is never taken for sound. */
export class UnseenEdge implements Edge {
  readonly name: string;
  readonly #reason: string;

  constructor(name: string, reason: string) {
    this.name = name;
    this.#reason = reason;
  }

  async faults(): Promise<readonly string[]> {
    return [`unseen: ${this.name}: ${this.#reason}`];
  }
}
