import type { BrokerMessage } from '../../contracts/broker.ts';
import { PermanentFailure } from '../failures.ts';

/** Puts messages on a broker. */
export interface MessagePublisher {
  /**
   * Resolves when the broker has the message, on disk, in a queue.
   *
   * @throws UnroutableMessageError when no queue takes it.
   * @throws DependencyDownError when the broker did not confirm it: it may have it all the same.
   */
  publish(message: BrokerMessage): Promise<void>;
  close(): Promise<void>;
}

/** No queue is bound for a message: it would be lost, and is not. */
export class UnroutableMessageError extends PermanentFailure {
  override readonly name = 'UnroutableMessageError';
}
