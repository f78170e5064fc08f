import type { BrokerMessage, BrokerTopology } from '../../contracts/broker.ts';
import { PermanentFailure } from '../failures.ts';
import type { BrokerLinkOptions } from './broker-link.ts';

export interface MessagePublisherOptions extends BrokerLinkOptions {
  readonly topology: BrokerTopology;
  /** How long a message waits for a connection. @default 10_000 */
  readonly connectWithinMs?: number;
  /** How long a message waits for its confirmation. @default 10_000 */
  readonly confirmWithinMs?: number;
}

/** Puts messages on a broker. */
export interface MessagePublisher {
  /**
   * Resolves when the broker has the message, on disk, in each queue that it is for.
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
