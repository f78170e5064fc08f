import type { QueueAddress } from './queue-address.ts';

/** A queue that exists. */
export interface Queue {
  readonly name: string;
  readonly url: string;
  readonly arn: string;
  readonly region: string;
  readonly fifo: boolean;
}

/** What a queue says of itself. AWS counts approximately, and up to a minute late. */
export interface QueueState {
  readonly visible: number;
  readonly inFlight: number;
  readonly delayed: number;
  /** Where this queue's own failed messages go. */
  readonly deadLetterQueueArn?: string;
  /** Receives after which a message goes there. */
  readonly maxReceiveCount?: number;
}

export interface MessageAttribute {
  readonly dataType: string;
  readonly value: string | Uint8Array;
}

export type MessageAttributes = Readonly<Record<string, MessageAttribute>>;

/** What of a message is carried from queue to queue. */
export interface MessageContent {
  readonly body: string;
  readonly attributes: MessageAttributes;
  readonly groupId?: string;
  readonly deduplicationId?: string;
  /** X-Ray's, which is not one of the message attributes. */
  readonly traceHeader?: string;
}

export interface ReceivedMessage extends MessageContent {
  readonly id: string;
  readonly receiptHandle: string;
  /** Receives in all queues that the message has been in, this one included. */
  readonly receiveCount: number;
  /** Milliseconds since 1970. */
  readonly sentAt?: number;
  /** Milliseconds since 1970. */
  readonly firstReceivedAt?: number;
  /** The queue whose redrive policy brought the message here; none for what came any other way. */
  readonly deadLetterSourceArn?: string;
}

/** What it takes to delete a message, or to show it to others again: the handle of its last receive. */
export type HeldMessage = Pick<ReceivedMessage, 'id' | 'receiptHandle'>;

/** What to keep of a message that is held for longer: of a whole queue, the bodies may not fit into memory. */
export function heldOf({ id, receiptHandle }: ReceivedMessage): HeldMessage {
  return { id, receiptHandle };
}

/** A message to send, with the id by which its failure is told. */
export interface OutgoingMessage extends MessageContent {
  readonly id: string;
  /** 0 to 900; standard queues only. @default - the queue's own */
  readonly delaySeconds?: number;
}

/** What SQS says of a message that it has taken. */
export interface SentMessage {
  readonly id: string;
  /** Its place in a FIFO queue. */
  readonly sequenceNumber?: string;
}

/** One message of a batch that was refused. */
export interface BatchFailure {
  readonly id: string;
  readonly reason: string;
  /** Whether the same request may succeed a little later. */
  readonly passing: boolean;
}

export interface ReceiveOptions {
  /** 1 to 10. */
  readonly maxMessages: number;
  /** How long the messages stay hidden from others. @default - the queue's own visibility timeout */
  readonly visibilityTimeoutSeconds?: number;
  /** From 1 second on all servers are asked, so that an empty answer means an empty queue. */
  readonly waitSeconds: number;
}

/** Largest number of messages in one receive, send, delete or release. */
export const maxBatchSize = 10;

/** Queues of one account. Every method may throw CommandFailure; ThrottledError where waiting helps. */
export interface Queues {
  find(address: QueueAddress): Promise<Queue | undefined>;
  /** Names of the queues in the region that the command is about, up to 1,000. */
  names(): Promise<readonly string[]>;
  state(queue: Queue): Promise<QueueState>;
  /** The queues whose redrive policy names this one. */
  sourcesOf(queue: Queue): Promise<readonly Queue[]>;
  receive(queue: Queue, options: ReceiveOptions): Promise<readonly ReceivedMessage[]>;
  sendOne(queue: Queue, message: OutgoingMessage): Promise<SentMessage>;
  /** Up to ten. */
  send(queue: Queue, messages: readonly OutgoingMessage[]): Promise<readonly BatchFailure[]>;
  /** Up to ten. */
  delete(queue: Queue, messages: readonly HeldMessage[]): Promise<readonly BatchFailure[]>;
  /** Shows up to ten received messages to others again, at once. */
  release(queue: Queue, messages: readonly HeldMessage[]): Promise<void>;
}
