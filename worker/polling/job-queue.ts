/** A message as it was received, hidden from others for the visibility timeout. */
export interface ReceivedMessage {
  readonly id: string;
  /** Names this delivery of the message. */
  readonly receiptHandle: string;
  readonly body: string;
  /** 1 at the first delivery; approximate. */
  readonly receiveCount: number;
  readonly sentAt: Date;
  /** Attributes of type String and Number. */
  readonly attributes: Readonly<Record<string, string>>;
}

/** The queue that jobs come from. */
export interface JobQueue {
  /** Waits for messages, up to the long poll's time; none when it is over. */
  receive(atMost: number, signal: AbortSignal): Promise<readonly ReceivedMessage[]>;
  delete(message: ReceivedMessage): Promise<void>;
  /**
   * Hides a received message for so many seconds from now on; 0 shows it to all.
   *
   * @throws MessageGoneError when the message is no longer hidden for this delivery.
   */
  hide(message: ReceivedMessage, seconds: number): Promise<void>;
}

/** The message is deleted, or visible again and perhaps another worker's. */
export class MessageGoneError extends Error {
  override readonly name = 'MessageGoneError';
}
