/**
 * What the local cloud needs of the emulator that keeps queues and topics.
 *
 * fauxqs 2.4.1 stands behind it; another emulator, or a later version, takes its place by offering this.
 */
export interface MessageStore {
  readonly queues: QueueStore;
  readonly topics: TopicStore;
}

export interface QueueStore {
  getQueue(url: string): StoredQueue | undefined;
  getQueueByArn(arn: string): StoredQueue | undefined;
  allQueues(): Iterable<StoredQueue>;
}

export interface StoredQueue {
  readonly name: string;
  readonly url: string;
  readonly arn: string;
  readonly attributes: Readonly<Record<string, string>>;
  isFifo(): boolean;
  /** Puts a message behind the others, or among the delayed while its `delayUntil` is ahead. */
  enqueue(message: StoredMessage): void;
  /** Brings back messages whose visibility timeout or delay has run out. */
  processTimers(): void;
  inspectMessages(): {
    readonly ready: readonly StoredMessage[];
    readonly delayed: readonly StoredMessage[];
    readonly inflight: readonly { readonly message: StoredMessage }[];
  };
  checkDeduplication(id: string): { readonly isDuplicate: boolean };
  recordDeduplication(id: string, messageId: string, sequenceNumber?: string): void;
  nextSequenceNumber(): string;
}

export interface StoredMessage {
  messageId: string;
  readonly body: string;
  readonly md5OfBody: string;
  readonly messageAttributes: Readonly<Record<string, MessageAttribute>>;
  readonly md5OfMessageAttributes: string;
  sentTimestamp: number;
  approximateReceiveCount: number;
  approximateFirstReceiveTimestamp?: number | undefined;
  delayUntil?: number | undefined;
  messageGroupId?: string | undefined;
  messageDeduplicationId?: string | undefined;
  sequenceNumber?: string | undefined;
  /** The queue that dead-lettered the message. */
  deadLetterSourceArn?: string | undefined;
  /** A move task brought it; it is no duplicate of itself. */
  isMoved?: boolean | undefined;
}

export interface MessageAttribute {
  readonly DataType: string;
  readonly StringValue?: string;
  readonly BinaryValue?: string;
}

export interface TopicStore {
  getTopic(arn: string): StoredTopic | undefined;
  getSubscription(arn: string): StoredSubscription | undefined;
}

export interface StoredTopic {
  readonly arn: string;
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly subscriptionArns: readonly string[];
}

export interface StoredSubscription {
  readonly arn: string;
  readonly topicArn: string;
  readonly protocol: string;
  readonly endpoint: string;
  confirmed: boolean;
  readonly attributes: Readonly<Record<string, string>>;
}
