import { deduplicationIdOfCopy, sendersAttributes } from '../../contracts/dead-letters.ts';
import { CommandFailure } from '../command-errors.ts';
import type { CopyRoute } from '../queues/dead-letter-route.ts';
import {
  type BatchFailure,
  type HeldMessage,
  heldOf,
  maxBatchSize,
  type OutgoingMessage,
  type Queues,
  type ReceivedMessage,
} from '../queues/queues.ts';
import { RatePacer } from '../sending/rate-pacer.ts';
import { Retries } from '../sending/retries.ts';
import { batchesBySize } from '../sending/send-batches.ts';
import type { Clock } from '../terminal/clock.ts';
import { type CopyJournal, noJournal } from './copy-journal.ts';
import type { MoveResult, OnProgress, RedriveFault } from './redrive-result.ts';

export interface CopyRedriveServices {
  readonly queues: Queues;
  readonly clock: Clock;
}

export interface CopyOptions {
  /** @default - as fast as one batch after the other goes */
  readonly ratePerSecond?: number;
  /** How many there are, for the progress. */
  readonly total: number;
  /** Which messages to move. @default - all */
  readonly select?: (message: ReceivedMessage) => boolean;
  /** @default - nothing is remembered */
  readonly journal?: CopyJournal;
}

/** Outlasts a batch with all its retries: what is hidden cannot be copied by another command meanwhile. */
const hiddenSeconds = 120;
/** What is not meant is passed over once, if the whole DLQ is gone through in this time. */
const passedOverSeconds = 600;
/** A DLQ that takes longer shows it again: this many batches with nothing new are its end. */
const fruitlessBatches = 3;

/**
 * Moves messages where SQS does not: each is copied, and deleted only once the copy is accepted. A crash
 * in the middle leaves a message in both queues and never in none; consumers know an event that they
 * have had by its business key.
 *
 * An interruption ends it after the batch in hand.
 */
export async function redriveByCopy(
  services: CopyRedriveServices,
  route: CopyRoute,
  options: CopyOptions,
  onProgress: OnProgress,
  interrupt: AbortSignal,
): Promise<MoveResult> {
  return new CopyRedrive(services, route, options, onProgress).run(interrupt);
}

class CopyRedrive {
  readonly #queues: Queues;
  readonly #retries: Retries;
  readonly #route: CopyRoute;
  readonly #total: number | undefined;
  readonly #onProgress: OnProgress;
  readonly #pacer: RatePacer;
  readonly #batchSize: number;
  /** Messages that are still in the DLQ, though this command has done with them, and why. */
  readonly #left = new Map<string, RedriveFault>();
  /** Received, and to be shown to others again at the end; by the handle of the last receive, which is the one that counts. */
  readonly #held = new Map<string, HeldMessage>();
  /** Groups of a FIFO queue in which a message failed: what stands behind it may not overtake it. */
  readonly #blockedGroups = new Set<string>();
  readonly #select: (message: ReceivedMessage) => boolean;
  readonly #journal: CopyJournal;
  readonly #hiddenSeconds: number;
  /** Messages that are not meant. */
  readonly #passedOver = new Set<string>();
  readonly #passedOverGroups = new Set<string>();
  #fruitless = 0;
  #moved = 0;

  constructor(
    { queues, clock }: CopyRedriveServices,
    route: CopyRoute,
    { ratePerSecond, total, select, journal = noJournal }: CopyOptions,
    onProgress: OnProgress,
  ) {
    this.#queues = queues;
    this.#retries = new Retries(clock);
    this.#route = route;
    // How many of them are meant, nobody knows.
    this.#total = select ? undefined : total;
    this.#onProgress = onProgress;
    this.#pacer = new RatePacer(clock, ratePerSecond);
    this.#select = select ?? (() => true);
    this.#journal = journal;
    this.#hiddenSeconds = select ? passedOverSeconds : hiddenSeconds;
    this.#batchSize = Math.min(maxBatchSize, ratePerSecond ?? maxBatchSize);
  }

  async run(interrupt: AbortSignal): Promise<MoveResult> {
    try {
      while (!interrupt.aborted) {
        const batch = await this.#receive();
        if (batch.length === 0) return this.#result('done');
        for (const message of batch) this.#held.set(message.id, heldOf(message));
        if (this.#isFruitless(batch)) return this.#result('done');
        const fresh = batch.filter(message => this.#isMeant(message) && this.#mayMove(message));
        await this.#move(fresh);
        this.#onProgress({ moved: this.#moved, ...(this.#total !== undefined && { total: this.#total }) });
        await this.#pacer.pace(fresh.length, interrupt);
      }
      return this.#result('interrupted');
    } catch (fault) {
      if (!(fault instanceof CommandFailure)) throw fault;
      // What was moved before is worth telling, too.
      return this.#result('failed', { reason: fault.message });
    } finally {
      await this.#releaseHeld();
    }
  }

  #receive(): Promise<readonly ReceivedMessage[]> {
    return this.#retries.whileThrottled(() =>
      this.#queues.receive(this.#route.deadLetterQueue, {
        maxMessages: this.#batchSize,
        visibilityTimeoutSeconds: this.#hiddenSeconds,
        waitSeconds: 1,
      }),
    );
  }

  get #remembered(): string {
    return this.#journal === noJournal
      ? 'another redrive sends it again'
      : 'another redrive from here deletes it without sending it again';
  }

  #isFruitless(batch: readonly ReceivedMessage[]): boolean {
    this.#fruitless = batch.every(({ id }) => this.#passedOver.has(id)) ? this.#fruitless + 1 : 0;
    return this.#fruitless === fruitlessBatches;
  }

  /** What stays keeps what stands behind it in its group of a FIFO queue: it may not be overtaken. */
  #isMeant(message: ReceivedMessage): boolean {
    const { id, groupId } = message;
    const stands = this.#route.to.fifo && groupId ? groupId : undefined;
    if (this.#select(message) && !(stands && this.#passedOverGroups.has(stands))) return true;
    this.#passedOver.add(id);
    if (stands) this.#passedOverGroups.add(stands);
    return false;
  }

  #mayMove({ id, groupId }: ReceivedMessage): boolean {
    return !this.#left.has(id) && !(groupId && this.#blockedGroups.has(groupId));
  }

  async #move(messages: readonly ReceivedMessage[]): Promise<void> {
    const { fifo } = this.#route.to;
    // Copied by a run that ended before it could delete them.
    const copied = messages.filter(({ id }) => this.#journal.hasCopied(id));
    const open = messages.filter(({ id }) => !this.#journal.hasCopied(id));
    try {
      // One by one where order counts: in a batch, a message is accepted though the one before it fails.
      for (const batch of fifo ? open.map(message => [message]) : batchesBySize(open)) {
        const due = batch.filter(message => this.#mayMove(message));
        if (due.length === 0) continue;
        const failures = await this.#send(due);
        for (const { id, reason } of failures) {
          this.#left.set(id, { messageId: id, reason });
          const groupId = due.find(message => message.id === id)?.groupId;
          if (fifo && groupId) this.#blockedGroups.add(groupId);
        }
        const accepted = due.filter(({ id }) => !this.#left.has(id));
        this.#journal.copied(accepted.map(({ id }) => id));
        copied.push(...accepted);
      }
    } finally {
      await this.#delete(copied);
    }
  }

  #send(batch: readonly ReceivedMessage[]): Promise<readonly BatchFailure[]> {
    return this.#retries.untilSettled(batch, messages =>
      this.#queues.send(this.#route.to, messages.map(copyOf)),
    );
  }

  async #delete(copied: readonly ReceivedMessage[]): Promise<void> {
    if (copied.length === 0) return;
    const failures = await this.#retries
      .untilSettled(copied, messages => this.#queues.delete(this.#route.deadLetterQueue, messages))
      .catch(fault => {
        if (!(fault instanceof CommandFailure)) throw fault;
        return copied.map(({ id }) => ({ id, reason: fault.message, passing: false }));
      });
    for (const { id, reason } of failures) {
      this.#left.set(id, {
        messageId: id,
        reason: `copied, but not deleted (${reason}): it is in both queues, and ${this.#remembered}`,
      });
    }
    const gone = new Set(copied.map(({ id }) => id).filter(id => !this.#left.has(id)));
    this.#journal.deleted([...gone]);
    this.#moved += gone.size;
    for (const id of gone) this.#held.delete(id);
  }

  async #releaseHeld(): Promise<void> {
    const held = [...this.#held.values()];
    for (let start = 0; start < held.length; start += maxBatchSize) {
      // They come back by themselves when their time is up: no reason to hide why it came to this.
      await this.#queues
        .release(this.#route.deadLetterQueue, held.slice(start, start + maxBatchSize))
        .catch(() => undefined);
    }
  }

  #result(outcome: 'done' | 'interrupted' | 'failed', ...general: RedriveFault[]): MoveResult {
    const faults = [...this.#left.values()];
    return {
      outcome: outcome === 'done' && faults.length > 0 ? 'failed' : outcome,
      moved: this.#moved,
      failed: faults.length,
      faults: [...faults, ...general],
    };
  }
}

/** What is sent of a message: all that its sender wrote, under an id by which it is no duplicate. */
function copyOf(message: ReceivedMessage): OutgoingMessage {
  const deduplicationId = deduplicationIdOfCopy(message);
  return {
    ...message,
    attributes: sendersAttributes(message.attributes),
    ...(deduplicationId !== undefined && { deduplicationId }),
  };
}
