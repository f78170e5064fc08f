/** Answers that are looked back on. */
const remembered = 100;
/** With fewer answers, what was assumed at first still holds. */
const fewestAnswers = 20;
const percentile = 0.95;

/** How long an airline usually takes: all but one in twenty of its last answers were faster. */
export class UsualLatency {
  readonly #assumedMs: number;
  readonly #answers: number[] = [];

  /** @param assumedMs what it takes as long as little was measured. */
  constructor(assumedMs: number) {
    this.#assumedMs = assumedMs;
  }

  answeredIn(milliseconds: number): void {
    this.#answers.push(milliseconds);
    if (this.#answers.length > remembered) this.#answers.shift();
  }

  get milliseconds(): number {
    if (this.#answers.length < fewestAnswers) return this.#assumedMs;
    const sorted = this.#answers.toSorted((a, b) => a - b);
    return sorted[Math.ceil(sorted.length * percentile) - 1] ?? this.#assumedMs;
  }
}
