import { setTimeout as pause } from 'node:timers/promises';
import { DeliveryFailed } from './emulators/sns/queue-delivery.ts';
import type { FunctionRuntime } from './functions/function-runtime.ts';
import { functionNameOf } from './provision/function-provider.ts';

/** Lambda tries an asynchronous event three times. */
const ATTEMPTS = 3;
/** Lambda waits a minute, then two. */
const FIRST_PAUSE_MS = 200;

/**
 * Invokes functions as SNS does: delivered once Lambda has taken the event, whatever the function makes of it.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
 */
export class AsynchronousInvocations {
  readonly #functions: FunctionRuntime;
  readonly #underWay = new Set<Promise<void>>();

  constructor(functions: FunctionRuntime) {
    this.#functions = functions;
  }

  /** @throws DeliveryFailed where there is no such function. */
  async accept(functionArn: string, event: object): Promise<void> {
    const name = functionNameOf(functionArn);
    if (!this.#functions.functionNames.includes(name)) {
      throw new DeliveryFailed(`The function ${functionArn} does not exist.`);
    }
    const attempts = this.#attempt(name, event).finally(() => this.#underWay.delete(attempts));
    this.#underWay.add(attempts);
  }

  /** Waits for the events that were taken. */
  async settled(): Promise<void> {
    await Promise.allSettled(this.#underWay);
  }

  async #attempt(name: string, event: object): Promise<void> {
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      await pause(attempt === 0 ? 0 : FIRST_PAUSE_MS * 2 ** (attempt - 1));
      const { outcome } = await this.#functions.invoke(name, event);
      if (outcome === 'success') {
        return;
      }
    }
  }
}
