import { randomUUID } from 'node:crypto';

/** What becomes of a reply: it reaches whoever waits for it, or is dropped. */
export type ReplyFate = 'matched' | 'late' | 'duplicate' | 'unknown';

/** A reply that is waited for. */
export interface PendingReply<Reply> {
  /** What the reply must carry. */
  readonly correlationId: string;
  /** The reply; undefined when its time is over, or nobody waits any more. */
  readonly reply: Promise<Reply | undefined>;
  /** Waits no longer. */
  readonly giveUp: () => void;
}

export interface PendingRepliesOptions {
  /** How long a reply to a request may still come and be told as late or as a duplicate, in milliseconds. */
  readonly rememberForMs: number;
  /**
   * Most requests that are remembered after their end; what comes to older ones counts as unknown.
   *
   * @default 100_000
   */
  readonly rememberAtMost?: number;
}

interface Waiting<Reply> {
  readonly resolve: (reply: Reply | undefined) => void;
  readonly timer: NodeJS.Timeout;
}

interface Ended {
  readonly answered: boolean;
  readonly forgetAt: number;
}

/**
 * Matches replies with those who wait for them, by the correlation id. Ids are made here, at random, so
 * that a reply to another server's request is unknown here, whatever queue it came by.
 */
export class PendingReplies<Reply> {
  readonly #rememberForMs: number;
  readonly #rememberAtMost: number;
  readonly #waiting = new Map<string, Waiting<Reply>>();
  /** In the order of their ends, the oldest first. */
  readonly #ended = new Map<string, Ended>();

  constructor({ rememberForMs, rememberAtMost = 100_000 }: PendingRepliesOptions) {
    this.#rememberForMs = rememberForMs;
    this.#rememberAtMost = rememberAtMost;
  }

  /** How many replies are waited for. */
  get size(): number {
    return this.#waiting.size;
  }

  /** Waits for a reply, for so many milliseconds. */
  expect(withinMs: number): PendingReply<Reply> {
    const correlationId = randomUUID();
    const { promise, resolve } = Promise.withResolvers<Reply | undefined>();
    const giveUp = () => this.#end(correlationId, undefined);
    this.#waiting.set(correlationId, { resolve, timer: setTimeout(giveUp, withinMs) });
    return { correlationId, reply: promise, giveUp };
  }

  /** Hands a reply to whoever waits for it. */
  accept(correlationId: string, reply: Reply): ReplyFate {
    const fate = this.fateOf(correlationId);
    if (fate === 'matched') this.#end(correlationId, reply);
    return fate;
  }

  /** What becomes of a reply with this id, if it is handed over now. */
  fateOf(correlationId: string | undefined): ReplyFate {
    if (correlationId === undefined) return 'unknown';
    if (this.#waiting.has(correlationId)) return 'matched';
    this.#forget();
    const ended = this.#ended.get(correlationId);
    if (ended === undefined) return 'unknown';
    return ended.answered ? 'duplicate' : 'late';
  }

  /** Nobody waits any more. */
  giveUpAll(): void {
    for (const correlationId of [...this.#waiting.keys()]) this.#end(correlationId, undefined);
  }

  #end(correlationId: string, reply: Reply | undefined): void {
    const waiting = this.#waiting.get(correlationId);
    if (waiting === undefined) return;
    clearTimeout(waiting.timer);
    this.#waiting.delete(correlationId);
    this.#ended.set(correlationId, {
      answered: reply !== undefined,
      forgetAt: performance.now() + this.#rememberForMs,
    });
    this.#forget();
    waiting.resolve(reply);
  }

  #forget(): void {
    const now = performance.now();
    for (const [correlationId, { forgetAt }] of this.#ended) {
      if (forgetAt > now && this.#ended.size <= this.#rememberAtMost) return;
      this.#ended.delete(correlationId);
    }
  }
}
