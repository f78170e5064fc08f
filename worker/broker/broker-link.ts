import { setTimeout as pause } from 'node:timers/promises';
import type { BrokerCredentials } from '../../contracts/broker.ts';
import { errorFrom } from '../failures.ts';
import type { Log } from '../observability/log.ts';
import { type Backoff, pauseAfter, scattered } from './backoff.ts';
import type { CredentialsSource } from './credentials.ts';

export interface BrokerLinkOptions {
  /** `amqps://host:5671` or `stomp+ssl://host:61614`, one or several of the same broker, which are tried in turn. */
  readonly addresses: readonly string[];
  readonly credentials: CredentialsSource;
  /** What the connection is called in the broker's console. */
  readonly name: string;
  readonly log: Log;
  /** @default 250 milliseconds to 15 seconds */
  readonly backoff?: Backoff;
}

/** A connection to a broker, whatever is spoken on it. */
export interface BrokerConnection {
  /** Resolves when it is no more, with the reason where there is one. */
  readonly closed: Promise<Error | undefined>;
  /** Says goodbye to the broker, and waits for its answer. */
  close(): Promise<void>;
}

/** Opens a connection at an address, login included, within {@link connectTimeoutMs}. */
export type Connect<Connection extends BrokerConnection> = (
  address: URL,
  user: BrokerCredentials,
  name: string,
) => Promise<Connection>;

/** How long a connection may take to open, handshake included. */
export const connectTimeoutMs = 10_000;

/** How long a new connection may take until all that is needed is there. */
const setUpTimeoutMs = 10_000;

/** How long a goodbye may take. A connection that is broken may never answer it. */
export const endTimeoutMs = 2_000;

/** After two of these without a sign of life, either side takes the other for dead. */
export const heartbeatMs = 15_000;

/**
 * A connection to a broker that is there again after it was lost.
 *
 * Whatever needs the connection is set up anew each time: a broker that was restarted, or the node of a cluster
 * that takes over, knows of nothing that was on the one before.
 */
export class BrokerLink<Connection extends BrokerConnection> {
  readonly #options: BrokerLinkOptions;
  readonly #connect: Connect<Connection>;
  readonly #stopping = new AbortController();
  #connection: Connection | undefined;
  #kept: Promise<void> = Promise.resolve();

  constructor(options: BrokerLinkOptions, connect: Connect<Connection>) {
    this.#options = options;
    this.#connect = connect;
  }

  get isUp(): boolean {
    return this.#connection !== undefined;
  }

  /** @param setUp makes what is needed on a new connection; if it throws, the connection is given up. */
  open(setUp: (connection: Connection) => Promise<void>): void {
    this.#kept = this.#keep(setUp);
  }

  async close(): Promise<void> {
    this.#stopping.abort();
    if (this.#connection) await closeQuietly(this.#connection);
    await this.#kept;
  }

  async #keep(setUp: (connection: Connection) => Promise<void>): Promise<void> {
    const { log, addresses, credentials, name, backoff = { firstMs: 250, lastMs: 15_000 } } = this.#options;
    const { signal } = this.#stopping;
    for (let failures = 0; !signal.aborted; ) {
      const address = new URL(addresses[failures % addresses.length] as string);
      try {
        const connection = await this.#connect(address, await credentials(), name);
        await this.#setUp(connection, setUp);
        failures = 0;
        this.#connection = connection;
        log.info('Broker connected', { broker: address.host });
        if (signal.aborted) await closeQuietly(connection);
        const reason = await connection.closed;
        if (!signal.aborted) throw reason ?? new Error('The connection was closed.');
      } catch (thrown) {
        failures += 1;
        const pauseMs = Math.round(scattered(pauseAfter(failures, backoff)));
        log.warn('Broker not connected', { error: errorFrom(thrown), failures, again_after_ms: pauseMs });
        await pause(pauseMs, undefined, { signal }).catch(() => undefined);
      } finally {
        this.#connection = undefined;
      }
    }
  }

  /** Sets up what is needed, unless the connection is closed meanwhile, or the broker does not answer. */
  async #setUp(connection: Connection, setUp: (connection: Connection) => Promise<void>): Promise<void> {
    const tooLate = new AbortController();
    try {
      await Promise.race([
        setUp(connection),
        connection.closed.then(reason => Promise.reject(reason ?? new Error('The connection was closed.'))),
        pause(setUpTimeoutMs, undefined, { signal: tooLate.signal }).then(() =>
          Promise.reject(new Error(`The broker did not answer within ${setUpTimeoutMs} ms.`)),
        ),
      ]);
    } catch (thrown) {
      await closeQuietly(connection);
      throw thrown;
    } finally {
      tooLate.abort();
    }
  }
}

/** Says goodbye to the broker, and waits for its answer, not for long. */
export async function closeQuietly(connection: { close(): Promise<unknown> }): Promise<void> {
  const enough = new AbortController();
  try {
    await Promise.race([connection.close(), pause(endTimeoutMs, undefined, { signal: enough.signal })]);
  } catch {
    // It has ended by itself.
  } finally {
    enough.abort();
  }
}
