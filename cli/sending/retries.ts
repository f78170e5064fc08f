import { ThrottledError } from '../command-errors.ts';
import type { BatchFailure } from '../queues/queues.ts';
import type { Clock } from '../terminal/clock.ts';

const attempts = 6;
const firstRetryMs = 200;

/** Repeats what may yet succeed, a little later each time, within reason. */
export class Retries {
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Repeats while AWS asks for fewer requests. */
  async whileThrottled<Answer>(attempt: () => Promise<Answer>): Promise<Answer> {
    for (let tries = 1; ; tries++) {
      try {
        return await attempt();
      } catch (fault) {
        if (!(fault instanceof ThrottledError) || tries === attempts) throw fault;
        await this.#pause(tries);
      }
    }
  }

  /**
   * Repeats for the messages of a batch that may yet succeed.
   *
   * @returns the failures that stayed.
   */
  async untilSettled<Message extends { readonly id: string }>(
    messages: readonly Message[],
    attempt: (messages: readonly Message[]) => Promise<readonly BatchFailure[]>,
  ): Promise<readonly BatchFailure[]> {
    const final: BatchFailure[] = [];
    let open = messages;
    for (let tries = 1; ; tries++) {
      const failures = await this.whileThrottled(() => attempt(open));
      const passing = new Set(failures.filter(failure => failure.passing).map(({ id }) => id));
      if (passing.size === 0 || tries === attempts) return [...final, ...failures];
      final.push(...failures.filter(failure => !failure.passing));
      open = open.filter(({ id }) => passing.has(id));
      await this.#pause(tries);
    }
  }

  #pause(tries: number): Promise<void> {
    return this.#clock.sleep(firstRetryMs * 2 ** (tries - 1));
  }
}
