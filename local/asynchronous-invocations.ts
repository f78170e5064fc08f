import { setTimeout as pause } from 'node:timers/promises';
import { DeliveryFailed } from './emulators/sns/queue-delivery.ts';
import type { FunctionRuntime } from './functions/function-runtime.ts';
import { abandonedEvent, type Failure, failureRecord, successRecord } from './functions/invocation-record.ts';
import { functionNameOf } from './provision/function-provider.ts';

/** Lambda waits a minute, then two. */
const FIRST_PAUSE_MS = 200;
/** What was throttled is tried again as soon. */
const THROTTLED_PAUSE_MS = 200;
/** Six hours are as many minutes here. */
const TIMES_SHORTER = 60;

/** What becomes of the events of a function that is invoked asynchronously. */
export interface AsynchronousSettings {
  /** How often an event is tried again that the function failed on. @default 2 */
  readonly maxRetries?: number;
  /** How old an event may get, in seconds of AWS. @default 6 hours */
  readonly maxAgeSeconds?: number;
  /** ARN of the queue, topic or function that is told of what the function failed on. */
  readonly onFailure?: string;
  /** ARN of whoever is told of what the function did. */
  readonly onSuccess?: string;
  /** ARN of the queue or topic that gets events that the function failed on, as they are. */
  readonly deadLetterTarget?: string;
}

/** What a function made of an event could be told to nobody. */
export interface LostInvocation {
  readonly functionName: string;
  readonly reason: string;
}

/** Sends a message to a queue or topic, by its ARN. */
export type SendTo = (
  arn: string,
  body: string,
  attributes?: Readonly<Record<string, string>>,
) => Promise<void>;

/**
 * Invokes functions as SNS does: delivered once Lambda has taken the event, whatever the function makes of it.
 * Lambda tries the event a few times, and then tells whoever the function's settings name.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
 */
export class AsynchronousInvocations {
  readonly #functions: Pick<FunctionRuntime, 'functionNames' | 'invoke'>;
  readonly #sendTo: SendTo;
  readonly #settings = new Map<string, AsynchronousSettings>();
  readonly #underWay = new Set<Promise<void>>();
  #stopping = false;
  /** Told of what could not be kept. */
  onLost: (lost: LostInvocation) => void = () => undefined;

  constructor(functions: Pick<FunctionRuntime, 'functionNames' | 'invoke'>, sendTo: SendTo) {
    this.#functions = functions;
    this.#sendTo = sendTo;
  }

  /** Adds to what is known of a function; it may come from several resources. */
  configure(functionName: string, settings: AsynchronousSettings): void {
    this.#settings.set(functionName, { ...this.#settings.get(functionName), ...settings });
  }

  /** @throws DeliveryFailed where there is no such function. */
  async accept(functionArn: string, event: object): Promise<void> {
    const name = functionNameOf(functionArn);
    if (!this.#functions.functionNames.includes(name)) {
      throw new DeliveryFailed(`The function ${functionArn} does not exist.`);
    }
    const handling = this.#handle(functionArn, name, event).finally(() => this.#underWay.delete(handling));
    this.#underWay.add(handling);
  }

  /** Waits for the events that were taken; those that are throttled are not tried again. */
  async settled(): Promise<void> {
    this.#stopping = true;
    while (this.#underWay.size > 0) {
      await Promise.allSettled(this.#underWay);
    }
  }

  async #handle(functionArn: string, name: string, event: object): Promise<void> {
    const { maxRetries = 2, maxAgeSeconds = 21_600 } = this.#settings.get(name) ?? {};
    const deadline = performance.now() + (maxAgeSeconds * 1_000) / TIMES_SHORTER;
    let failure: Failure | undefined;
    for (let invocations = 0; invocations <= maxRetries; ) {
      const result = await this.#functions.invoke(name, event);
      if (result.outcome === 'success') {
        await this.#tell(name, 'onSuccess', successRecord(functionArn, event, invocations + 1, result));
        return;
      }
      // What is throttled was not tried: it costs time alone.
      if (result.outcome !== 'throttled') {
        invocations += 1;
      }
      failure = { functionArn, event, invocations, result, condition: 'RetriesExhausted' };
      const pauseMs =
        result.outcome === 'throttled' ? THROTTLED_PAUSE_MS : FIRST_PAUSE_MS * 2 ** (invocations - 1);
      if (performance.now() + pauseMs > deadline || (this.#stopping && result.outcome === 'throttled')) {
        failure = { ...failure, condition: 'EventAgeExceeded' };
        break;
      }
      if (invocations <= maxRetries) {
        await pause(pauseMs);
      }
    }
    if (failure !== undefined) {
      await this.#abandon(name, failure);
    }
  }

  async #abandon(name: string, failure: Failure): Promise<void> {
    const { deadLetterTarget } = this.#settings.get(name) ?? {};
    if (deadLetterTarget !== undefined) {
      const { body, attributes } = abandonedEvent(failure);
      await this.#send(name, deadLetterTarget, body, attributes);
    }
    await this.#tell(name, 'onFailure', failureRecord(failure));
  }

  async #tell(name: string, outcome: 'onFailure' | 'onSuccess', record: object): Promise<void> {
    const destination = this.#settings.get(name)?.[outcome];
    if (destination === undefined) {
      return;
    }
    if (/^arn:[^:]+:lambda:/.test(destination)) {
      await this.accept(destination, record).catch(fault => this.#lose(name, destination, fault));
      return;
    }
    await this.#send(name, destination, JSON.stringify(record));
  }

  async #send(
    name: string,
    arn: string,
    body: string,
    attributes: Readonly<Record<string, string>> = {},
  ): Promise<void> {
    try {
      await this.#sendTo(arn, body, attributes);
    } catch (fault) {
      this.#lose(name, arn, fault);
    }
  }

  #lose(functionName: string, arn: string, fault: unknown): void {
    this.onLost({ functionName, reason: `${arn} did not take it: ${String(fault)}` });
  }
}
