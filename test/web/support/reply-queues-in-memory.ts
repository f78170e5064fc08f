import {
  type ReceivedReply,
  type ReplyQueue,
  ReplyQueueGoneError,
  type ReplyQueueMaker,
} from '../../../web/shared/replies/reply-queue.ts';

/** A reply queue in this process, whose replies the test sends. */
export class ReplyQueueInMemory implements ReplyQueue {
  readonly url: string;
  readonly deleted: string[] = [];
  signs = 0;
  removed = false;
  /** Somebody else deleted the queue. */
  gone = false;
  #waiting: ReceivedReply[] = [];
  #wake: () => void = () => undefined;
  #sent = 0;

  constructor(url: string) {
    this.url = url;
  }

  send(correlationId: string | undefined, body: unknown): void {
    this.#sent += 1;
    this.#waiting.push({
      receiptHandle: `receipt-${this.#sent}`,
      body: typeof body === 'string' ? body : JSON.stringify(body),
      correlationId,
    });
    this.#wake();
  }

  /** As somebody who may deletes the queue. */
  vanish(): void {
    this.gone = true;
    this.#wake();
  }

  async receive(signal: AbortSignal): Promise<readonly ReceivedReply[]> {
    if (this.#waiting.length === 0 && !this.gone) {
      await new Promise<void>((resolve, reject) => {
        this.#wake = resolve;
        signal.addEventListener('abort', () => reject(signal.reason), { once: true });
        if (signal.aborted) reject(signal.reason);
      });
    }
    if (this.gone) throw new ReplyQueueGoneError(`${this.url} is gone.`);
    return this.#waiting.splice(0, 10);
  }

  async delete(replies: readonly ReceivedReply[]): Promise<void> {
    this.deleted.push(...replies.map(({ receiptHandle }) => receiptHandle));
  }

  async signOfLife(): Promise<void> {
    if (this.gone) throw new ReplyQueueGoneError(`${this.url} is gone.`);
    this.signs += 1;
  }

  async remove(): Promise<void> {
    this.removed = true;
  }
}

/** Makes reply queues in this process, and keeps them. */
export class ReplyQueuesInMemory implements ReplyQueueMaker {
  readonly made: ReplyQueueInMemory[] = [];

  async make(): Promise<ReplyQueue> {
    const queue = new ReplyQueueInMemory(`https://queues/replies-${this.made.length + 1}`);
    this.made.push(queue);
    return queue;
  }

  /** The newest. */
  get last(): ReplyQueueInMemory {
    const queue = this.made.at(-1);
    if (queue === undefined) throw new Error('No reply queue was made yet');
    return queue;
  }
}
