/** What is polled, and for whom. */
export interface BrokerPolling {
  readonly address: string;
  /** User of the broker, asked at each connection. */
  readonly credentials: () => { readonly username: string; readonly password: string };
  readonly brokerArn: string;
  readonly queue: string;
  readonly batchSize: number;
  /** Resolves when the function has handled the batch; rejects when it failed. */
  readonly invoke: (event: object) => Promise<unknown>;
}

/** Polls a broker over one connection: ends when that does, or when it is to stop. */
export type PollBroker = (options: BrokerPolling, signal: AbortSignal) => Promise<void>;

/** How long messages are gathered, and the pause after a failure. */
export const windowMs = 20;
export const retryMs = 200;
