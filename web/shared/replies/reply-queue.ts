/** A reply as it was received. */
export interface ReceivedReply {
  readonly receiptHandle: string;
  readonly body: string;
  /** Which request it answers; undefined where it does not say. */
  readonly correlationId: string | undefined;
}

/** The queue that one producer gets its replies by, from its start to its end. */
export interface ReplyQueue {
  readonly url: string;
  /** Waits for replies, up to the long poll's time; none when it is over. @throws ReplyQueueGoneError */
  receive(signal: AbortSignal): Promise<readonly ReceivedReply[]>;
  delete(replies: readonly ReceivedReply[]): Promise<void>;
  /** Shows the janitor that the queue has an owner. @throws ReplyQueueGoneError */
  signOfLife(): Promise<void>;
  /** Deletes the queue. */
  remove(): Promise<void>;
}

/** Makes reply queues, each with a name of its own. */
export interface ReplyQueueMaker {
  make(): Promise<ReplyQueue>;
}

/** Somebody deleted the queue. */
export class ReplyQueueGoneError extends Error {
  override readonly name = 'ReplyQueueGoneError';
}
