import type { BrokerTopology } from '../../contracts/broker.ts';
import type { WorkerMetrics } from '../observability/metrics.ts';
import type { BrokerLinkOptions } from './broker-link.ts';
import type { MessageHandling } from './message-handling.ts';

export interface MessageConsumerOptions<Event> extends BrokerLinkOptions {
  readonly topology: BrokerTopology;
  readonly handling: MessageHandling<Event>;
  readonly metrics: WorkerMetrics;
  /** Messages in hand at a time; one that waits for its next try is in hand too. */
  readonly prefetch: number;
}

/** How long the broker may take to confirm that it has put a message elsewhere. */
export const moveWithinMs = 10_000;

/** Takes messages from a queue of a broker, until it is stopped. */
export interface MessageConsumer {
  readonly isConnected: boolean;
  /**
   * Takes no more messages, and lets those in hand be finished. What is left after that time goes back to the
   * queue.
   */
  stop(withinMs: number): Promise<void>;
}
