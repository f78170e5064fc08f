import type { Queue } from './queues.ts';

/** A queue as SQS lists it: in the region that the command is about, where none is said. */
export type ListedQueue = Pick<Queue, 'name' | 'url' | 'fifo'> & Partial<Pick<Queue, 'region'>>;

/** A queue to make. */
export interface NewQueue {
  /** Ends in `.fifo` for a FIFO queue. */
  readonly name: string;
  /** As SQS names them: `VisibilityTimeout`, `RedrivePolicy` and so on, all of them text. */
  readonly attributes: Readonly<Record<string, string>>;
  readonly tags: Readonly<Record<string, string>>;
}

/** Queues as such, not their messages. Every method may throw CommandFailure. */
export interface QueueAdministration {
  /** Answers with the queue that there is, where one of that name and those attributes exists. */
  create(queue: NewQueue): Promise<Queue>;
  /** All that SQS tells of a queue, by SQS's names. */
  attributes(queue: ListedQueue): Promise<Readonly<Record<string, string>>>;
  tags(queue: Queue): Promise<Readonly<Record<string, string>>>;
  /** The queues of the region that the command is about, whose names begin so. */
  list(prefix?: string): Promise<readonly ListedQueue[]>;
  /** Deletes all messages; SQS takes up to a minute for it, and one such request a minute. */
  purge(queue: Queue): Promise<void>;
  /** Deletes the queue with its messages. */
  remove(queue: Queue): Promise<void>;
}
