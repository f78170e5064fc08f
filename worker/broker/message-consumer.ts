/** Takes messages from a queue of a broker, until it is stopped. */
export interface MessageConsumer {
  readonly isConnected: boolean;
  /**
   * Takes no more messages, and lets those in hand be finished. What is left after that time goes back to the
   * queue.
   */
  stop(withinMs: number): Promise<void>;
}
