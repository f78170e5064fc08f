import { CommandFailure } from '../command-errors.ts';
import type { OutgoingMessage, Queue, Queues } from '../queues/queues.ts';
import type { Clock } from '../terminal/clock.ts';
import { PendingMessages } from './pending-messages.ts';
import { RatePacer } from './rate-pacer.ts';
import { Retries } from './retries.ts';

export interface BulkSenderServices {
  readonly queues: Pick<Queues, 'send'>;
  readonly clock: Clock;
}

export interface BulkOptions {
  /** Batches on their way at a time. @default 16 */
  readonly concurrency?: number;
  /** @default - as fast as it goes */
  readonly ratePerSecond?: number;
  readonly onProgress: (progress: BulkProgress) => void;
  /** Told of every message that SQS did not take, or that was not sent any more. */
  readonly onUnsent: (message: OutgoingMessage, reason: string) => void | Promise<void>;
}

export interface BulkProgress {
  readonly sent: number;
  readonly unsent: number;
}

export interface BulkResult extends BulkProgress {
  readonly outcome: 'done' | 'failed' | 'interrupted';
  /** Why sending ended before its time. */
  readonly fault?: string;
}

const defaultConcurrency = 16;

/**
 * Sends many messages, in batches side by side. Each is sent, or told as unsent; one whose request broke
 * in the middle is told as unsent and may have arrived all the same.
 *
 * An interruption ends it after the batches in hand.
 */
export async function sendAll(
  services: BulkSenderServices,
  queue: Queue,
  messages: AsyncIterable<OutgoingMessage>,
  options: BulkOptions,
  interrupt: AbortSignal,
): Promise<BulkResult> {
  return new BulkSender(services, queue, messages, options).run(interrupt);
}

class BulkSender {
  readonly #queues: Pick<Queues, 'send'>;
  readonly #queue: Queue;
  readonly #pending: PendingMessages;
  readonly #options: BulkOptions;
  readonly #retries: Retries;
  readonly #pacer: RatePacer;
  /** Groups of a FIFO queue in which a message failed: what stands behind it may not overtake it. */
  readonly #blockedGroups = new Set<string>();
  #sent = 0;
  #unsent = 0;
  #fault: string | undefined;

  constructor(
    { queues, clock }: BulkSenderServices,
    queue: Queue,
    messages: AsyncIterable<OutgoingMessage>,
    options: BulkOptions,
  ) {
    this.#queues = queues;
    this.#queue = queue;
    this.#pending = new PendingMessages(messages, queue);
    this.#options = options;
    this.#retries = new Retries(clock);
    this.#pacer = new RatePacer(clock, options.ratePerSecond);
  }

  async run(interrupt: AbortSignal): Promise<BulkResult> {
    const concurrency = this.#options.concurrency ?? defaultConcurrency;
    await Promise.all(Array.from({ length: concurrency }, () => this.#work(interrupt)));
    const complete = !interrupt.aborted && this.#fault === undefined;
    if (!complete) {
      for await (const message of this.#pending.rest()) await this.#leave(message, this.#fault ?? 'stopped');
    }
    return {
      outcome: interrupt.aborted ? 'interrupted' : complete && this.#unsent === 0 ? 'done' : 'failed',
      sent: this.#sent,
      unsent: this.#unsent,
      ...(this.#fault !== undefined && { fault: this.#fault }),
    };
  }

  async #work(interrupt: AbortSignal): Promise<void> {
    while (!interrupt.aborted && this.#fault === undefined) {
      const batch = await this.#take();
      if (batch.length === 0) return;
      try {
        await this.#send(batch);
      } finally {
        this.#pending.settled(batch);
      }
      this.#options.onProgress({ sent: this.#sent, unsent: this.#unsent });
      await this.#pacer.pace(batch.length, interrupt);
    }
  }

  async #take(): Promise<readonly OutgoingMessage[]> {
    try {
      return await this.#pending.take();
    } catch (fault) {
      if (!(fault instanceof CommandFailure)) throw fault;
      this.#fault ??= fault.message;
      return [];
    }
  }

  async #send(batch: readonly OutgoingMessage[]): Promise<void> {
    const due: OutgoingMessage[] = [];
    for (const message of batch) {
      if (this.#isBlocked(message)) await this.#leave(message, 'behind a message of its group that failed');
      else due.push(message);
    }
    if (due.length === 0) return;
    try {
      const failures = await this.#retries.untilSettled(due, open => this.#queues.send(this.#queue, open));
      const reasons = new Map(failures.map(({ id, reason }) => [id, reason]));
      this.#sent += due.length - reasons.size;
      for (const message of due) {
        const reason = reasons.get(message.id);
        if (reason !== undefined) await this.#leave(message, reason);
      }
    } catch (fault) {
      if (!(fault instanceof CommandFailure)) throw fault;
      // The next batch would fare no better: access denied, queue gone, network down.
      this.#fault = fault.message;
      for (const message of due) await this.#leave(message, fault.message);
    }
  }

  #isBlocked({ groupId }: OutgoingMessage): boolean {
    return groupId !== undefined && this.#blockedGroups.has(groupId);
  }

  async #leave(message: OutgoingMessage, reason: string): Promise<void> {
    this.#unsent += 1;
    if (this.#queue.fifo && message.groupId) this.#blockedGroups.add(message.groupId);
    await this.#options.onUnsent(message, reason);
  }
}
