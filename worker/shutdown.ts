/** Who wants the worker to stop. */
export type StopCause = 'signal' | 'spot-interruption' | 'scale-in' | 'crash';

export interface StopRequest {
  readonly cause: StopCause;
  /** How long jobs in hand may go on. */
  readonly withinMs: number;
}

/**
 * The wish that the worker stop, from whoever has it. It may come several times, as when a scale-in turns
 * into a spot interruption: the earliest deadline holds.
 */
export class Shutdown {
  /** The first request. */
  readonly requested: Promise<StopRequest>;
  /** When jobs in hand may no longer go on. */
  readonly deadline: Promise<void>;
  readonly causes = new Set<StopCause>();
  readonly #resolveRequested: (request: StopRequest) => void;
  readonly #resolveDeadline: () => void;
  #deadlineAt = Number.POSITIVE_INFINITY;
  #timer: NodeJS.Timeout | undefined;

  constructor() {
    const requested = Promise.withResolvers<StopRequest>();
    const deadline = Promise.withResolvers<void>();
    this.requested = requested.promise;
    this.deadline = deadline.promise;
    this.#resolveRequested = requested.resolve;
    this.#resolveDeadline = deadline.resolve;
  }

  get isRequested(): boolean {
    return this.causes.size > 0;
  }

  request(cause: StopCause, withinMs: number): void {
    this.causes.add(cause);
    this.#resolveRequested({ cause, withinMs });
    const deadlineAt = performance.now() + withinMs;
    if (deadlineAt >= this.#deadlineAt) return;
    this.#deadlineAt = deadlineAt;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(this.#resolveDeadline, withinMs);
  }

  /** Forgets the deadline, once nothing is left that could miss it. */
  settle(): void {
    clearTimeout(this.#timer);
  }
}
