import * as v from 'valibot';
import { type BrokerQueue, failureHeaders } from '../../contracts/broker.ts';
import { workerMetrics } from '../../contracts/worker.ts';
import { BadMessageError, errorFrom, type FailureKind, failureKind, PermanentFailure } from '../failures.ts';
import type { JobOutcome } from '../job.ts';
import { type Log, logWith } from '../observability/log.ts';
import type { WorkerMetrics } from '../observability/metrics.ts';
import { type Backoff, pauseAfter } from './backoff.ts';

/** A message as a broker hands it out, whatever its protocol. */
export interface BrokerDelivery {
  readonly body: string;
  readonly messageId: string | undefined;
  /** 1 at the first delivery. */
  readonly tries: number;
  /** Aborted when the consumer has no more time. */
  readonly signal: AbortSignal;
}

/** What is to become of a message: it is done, comes again after a pause, or is given up for a reason. */
export type Settlement =
  | { readonly action: 'accept' }
  | { readonly action: 'retry'; readonly afterMs: number }
  | { readonly action: 'bury'; readonly reason: string; readonly kind: FailureKind; readonly tries: number };

/** What is to become of a message that is given up. */
export type Burial = Extract<Settlement, { readonly action: 'bury' }>;

/** An event reached a queue that is not for its type. */
export class UnknownEventTypeError extends PermanentFailure {
  override readonly name = 'UnknownEventTypeError';
}

/** Whoever had a message was gone before it was done: it died of it, or was stopped, or lost its connection. */
export class UnsettledMessageError extends Error {
  override readonly name = 'UnsettledMessageError';
}

export interface MessageHandlingOptions<Event> {
  readonly queue: BrokerQueue<Event>;
  /**
   * Does what an event asks for. Events come at least once, so it must stand being called again with the same
   * one, at any time and at the same time.
   *
   * @throws PermanentFailure what no retry mends; PassingFailure what one may.
   */
  readonly handle: (event: Event, delivery: Pick<BrokerDelivery, 'signal'>) => Promise<JobOutcome>;
  /** Fields of an event that tell what it is about, for log lines. */
  readonly subject: (event: Event) => Readonly<Record<string, unknown>>;
  readonly retry: Backoff;
  readonly log: Log;
  readonly metrics: WorkerMetrics;
}

const metricOf = {
  permanent: workerMetrics.jobsFailedPermanent,
  passing: workerMetrics.jobsFailedPassing,
  unexpected: workerMetrics.jobsFailedUnexpected,
} as const;

/**
 * What a consumer does with a message, whatever protocol brought it: parses and handles it, and says what is to
 * become of it. What can never succeed is given up at once, the rest after as many tries as its queue allows.
 */
export class MessageHandling<Event> {
  readonly #options: MessageHandlingOptions<Event>;

  constructor(options: MessageHandlingOptions<Event>) {
    this.#options = options;
  }

  get queue(): BrokerQueue<Event> {
    return this.#options.queue;
  }

  async settle(delivery: BrokerDelivery): Promise<Settlement> {
    const { handle, subject, metrics } = this.#options;
    const startedAt = performance.now();
    let log = this.#logOf(delivery);
    try {
      const event = this.#parse(delivery.body);
      log = logWith(log, subject(event));
      const { outcome, details } = await handle(event, delivery);
      metrics.count(workerMetrics.jobsDone);
      log.info('Message handled', { outcome, ...details });
      return { action: 'accept' };
    } catch (thrown) {
      return this.#fail(errorFrom(thrown), delivery, log);
    } finally {
      metrics.jobTook(performance.now() - startedAt);
    }
  }

  /**
   * What is to become of a message that comes back from whoever had it, where the broker does not count that: it
   * comes again, as one that was tried once more, until it was handed out once more than its queue allows.
   */
  settleUnsettled(delivery: Omit<BrokerDelivery, 'body' | 'signal'>): Settlement {
    const { tries } = delivery;
    const log = this.#logOf(delivery);
    if (tries <= this.queue.deliveryLimit) {
      log.warn('Message came back', { outcome: 'unsettled' });
      return { action: 'retry', afterMs: 0 };
    }
    const error = new UnsettledMessageError(
      `The message was handed out ${tries} times, and nobody lived to settle it. See to what its consumers died of, then redrive.`,
    );
    this.#countFailure('unexpected');
    log.error('Message given up', { outcome: 'failed', failure: 'unexpected', error });
    return { action: 'bury', reason: reasonOf(error), kind: 'unexpected', tries };
  }

  /** What the DLQ is told of a message that is given up. */
  failureHeaders({ reason, kind, tries }: Burial): Readonly<Record<string, string | number>> {
    return {
      [failureHeaders.reason]: reason,
      [failureHeaders.kind]: kind,
      [failureHeaders.tries]: tries,
      [failureHeaders.queue]: this.queue.name,
    };
  }

  #logOf({ messageId, tries }: Pick<BrokerDelivery, 'messageId' | 'tries'>): Log {
    return logWith(this.#options.log, {
      queue: this.queue.name,
      message_id: messageId,
      receive_count: tries,
    });
  }

  #countFailure(kind: FailureKind): void {
    this.#options.metrics.count(workerMetrics.jobsFailed);
    this.#options.metrics.count(metricOf[kind]);
  }

  #fail(error: Error, { tries }: BrokerDelivery, log: Log): Settlement {
    const { retry } = this.#options;
    const kind = failureKind(error);
    this.#countFailure(kind);
    if (kind === 'permanent' || tries >= this.queue.deliveryLimit) {
      log.error('Message given up', { outcome: 'failed', failure: kind, error });
      return { action: 'bury', reason: reasonOf(error), kind, tries };
    }
    const afterMs = pauseAfter(tries, retry);
    log.warn('Message failed', { outcome: 'failed', failure: kind, again_after_ms: afterMs, error });
    return { action: 'retry', afterMs };
  }

  #parse(body: string): Event {
    const { events, name } = this.queue;
    const content = parseJson(body);
    const result = v.safeParse(events.schema, content);
    if (result.success) return result.output;
    const type = (content as { readonly event_type?: unknown } | null)?.event_type;
    if (typeof type === 'string' && !events.types.includes(type)) {
      throw new UnknownEventTypeError(
        `Event type ${JSON.stringify(type.slice(0, 128))} is none that ${name} takes (${events.types.join(', ')}). ` +
          "Compare the queue's bindings with its topology.",
      );
    }
    const faults = result.issues.map(issue => `${v.getDotPath(issue) ?? 'body'}: ${issue.message}`);
    throw new BadMessageError(`The message body is no event for ${name}: ${faults.join('; ')}.`);
  }
}

function reasonOf({ name, message }: Error): string {
  return `${name}: ${message}`.slice(0, 1_024);
}

function parseJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch (error) {
    throw new BadMessageError(`The message body is not JSON: ${(error as SyntaxError).message}.`, {
      cause: error,
    });
  }
}
