import { maxBatchSize, type OutgoingMessage } from '../queues/queues.ts';
import { bytesOf, maxBatchBytes } from './send-batches.ts';

/** How far to look ahead for messages of groups that are free. */
const fifoWindow = 500;

/**
 * Messages that wait to be sent, given out in batches of up to ten and as many bytes as one holds.
 *
 * For a FIFO queue, a group has one message on its way at a time: in a batch, SQS accepts a message
 * though the one before it failed, and nothing may overtake within its group.
 */
export class PendingMessages {
  readonly #source: AsyncIterator<OutgoingMessage>;
  readonly #fifo: boolean;
  readonly #waiting: OutgoingMessage[] = [];
  readonly #busyGroups = new Set<string>();
  #exhausted = false;
  /** One taker at a time reads the source. */
  #turn: Promise<unknown> = Promise.resolve();
  #onSettled: () => void = () => {};

  constructor(source: AsyncIterable<OutgoingMessage>, { fifo }: { readonly fifo: boolean }) {
    this.#source = source[Symbol.asyncIterator]();
    this.#fifo = fifo;
  }

  /** @returns none when there are no more. Tell `settled` what became of a batch. */
  take(): Promise<readonly OutgoingMessage[]> {
    const taken = this.#turn.then(() => this.#next());
    this.#turn = taken.catch(() => undefined);
    return taken;
  }

  settled(batch: readonly OutgoingMessage[]): void {
    for (const { groupId } of batch) if (groupId) this.#busyGroups.delete(groupId);
    this.#onSettled();
  }

  /** What nobody has taken. */
  async *rest(): AsyncGenerator<OutgoingMessage> {
    await this.#turn;
    yield* this.#waiting.splice(0);
    for (let next = await this.#source.next(); !next.done; next = await this.#source.next()) yield next.value;
  }

  async #next(): Promise<readonly OutgoingMessage[]> {
    for (;;) {
      await this.#readAhead();
      const batch = this.#pick();
      if (batch.length > 0 || this.#waiting.length === 0) return batch;
      // All that wait belong to groups that have one on its way.
      await new Promise<void>(resolve => {
        this.#onSettled = resolve;
      });
    }
  }

  async #readAhead(): Promise<void> {
    const enough = this.#fifo ? fifoWindow : maxBatchSize;
    while (this.#waiting.length < enough && !this.#exhausted) {
      const { done, value } = await this.#source.next();
      if (done) this.#exhausted = true;
      else this.#waiting.push(value);
    }
  }

  #pick(): OutgoingMessage[] {
    const batch: OutgoingMessage[] = [];
    const passed: OutgoingMessage[] = [];
    let bytes = 0;
    for (const message of this.#waiting) {
      const size = bytesOf(message);
      const fits = batch.length < maxBatchSize && (batch.length === 0 || bytes + size <= maxBatchBytes);
      if (fits && this.#mayGo(message)) {
        batch.push(message);
        bytes += size;
        if (this.#fifo && message.groupId) this.#busyGroups.add(message.groupId);
      } else {
        passed.push(message);
      }
    }
    this.#waiting.splice(0, this.#waiting.length, ...passed);
    return batch;
  }

  #mayGo({ groupId }: OutgoingMessage): boolean {
    return !(this.#fifo && groupId && this.#busyGroups.has(groupId));
  }
}
