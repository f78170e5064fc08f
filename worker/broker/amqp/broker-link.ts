import { setTimeout as pause } from 'node:timers/promises';
import { type ChannelModel, connect } from 'amqplib';
import { errorFrom } from '../../failures.ts';
import type { Log } from '../../observability/log.ts';
import { type Backoff, pauseAfter, scattered } from '../backoff.ts';
import type { CredentialsSource } from '../credentials.ts';

export interface BrokerLinkOptions {
  /** `amqps://host:5671`, one or several of the same broker, which are tried in turn. */
  readonly addresses: readonly string[];
  readonly credentials: CredentialsSource;
  /** What the connection is called in the broker's console. */
  readonly name: string;
  readonly log: Log;
  /** @default 250 milliseconds to 15 seconds */
  readonly backoff?: Backoff;
}

/** How long a connection may take to open, handshake included. */
const connectTimeoutMs = 10_000;

/** How long a new connection may take until all that is needed is there. */
const setUpTimeoutMs = 10_000;

/** How long a goodbye may take. A connection that is broken may never answer it. */
const endTimeoutMs = 2_000;

/** After two of these without a sign of life, either side takes the other for dead. */
const heartbeatSeconds = 15;

/**
 * A connection to a broker over AMQP 0-9-1 that is there again after it was lost.
 *
 * Whatever needs the connection is set up anew each time: a broker that was restarted, or the node of a cluster
 * that takes over, knows of no channel and no consumer.
 */
export class BrokerLink {
  readonly #options: BrokerLinkOptions;
  readonly #stopping = new AbortController();
  #connection: ChannelModel | undefined;
  #blocked = false;
  #kept: Promise<void> = Promise.resolve();

  constructor(options: BrokerLinkOptions) {
    this.#options = options;
  }

  get isUp(): boolean {
    return this.#connection !== undefined;
  }

  /** Whether the broker takes no messages now: it is short of memory or disk. */
  get isBlocked(): boolean {
    return this.#blocked;
  }

  /** @param setUp makes what is needed on a new connection; if it throws, the connection is given up. */
  open(setUp: (connection: ChannelModel) => Promise<void>): void {
    this.#kept = this.#keep(setUp);
  }

  async close(): Promise<void> {
    this.#stopping.abort();
    if (this.#connection) await closeQuietly(this.#connection);
    await this.#kept;
  }

  async #keep(setUp: (connection: ChannelModel) => Promise<void>): Promise<void> {
    const { log, addresses, backoff = { firstMs: 250, lastMs: 15_000 } } = this.#options;
    const { signal } = this.#stopping;
    for (let failures = 0; !signal.aborted; ) {
      const address = addresses[failures % addresses.length] as string;
      try {
        const connection = await this.#connect(address);
        const closed = new Promise<Error | undefined>(resolve => connection.once('close', resolve));
        await this.#setUp(connection, closed, setUp);
        failures = 0;
        this.#connection = connection;
        log.info('Broker connected', { broker: new URL(address).host });
        if (signal.aborted) await closeQuietly(connection);
        const reason = await closed;
        if (!signal.aborted) throw reason ?? new Error('The connection was closed.');
      } catch (thrown) {
        failures += 1;
        const pauseMs = Math.round(scattered(pauseAfter(failures, backoff)));
        log.warn('Broker not connected', { error: errorFrom(thrown), failures, again_after_ms: pauseMs });
        await pause(pauseMs, undefined, { signal }).catch(() => undefined);
      } finally {
        this.#connection = undefined;
        this.#blocked = false;
      }
    }
  }

  /** Sets up what is needed, unless the connection is closed meanwhile, or the broker does not answer. */
  async #setUp(
    connection: ChannelModel,
    closed: Promise<Error | undefined>,
    setUp: (connection: ChannelModel) => Promise<void>,
  ): Promise<void> {
    const tooLate = new AbortController();
    try {
      await Promise.race([
        setUp(connection),
        closed.then(reason => Promise.reject(reason ?? new Error('The connection was closed.'))),
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

  async #connect(address: string): Promise<ChannelModel> {
    const { protocol, hostname, port } = new URL(address);
    const { username, password } = await this.#options.credentials();
    const connection = await connect(
      {
        protocol: protocol.slice(0, -1),
        hostname,
        port: Number(port) || (protocol === 'amqps:' ? 5671 : 5672),
        username,
        password,
        heartbeat: heartbeatSeconds,
      },
      {
        timeout: connectTimeoutMs,
        keepAlive: true,
        clientProperties: { connection_name: this.#options.name },
      },
    );
    // What an error is about, `close` tells too; unheard, it would end the process.
    connection.on('error', () => undefined);
    connection.on('blocked', reason => {
      this.#blocked = true;
      this.#options.log.warn('Broker takes no messages', { reason });
    });
    connection.on('unblocked', () => {
      this.#blocked = false;
    });
    return connection;
  }
}

/** Says goodbye to the broker, and waits for its answer, not for long. */
export async function closeQuietly(connection: Pick<ChannelModel, 'close'>): Promise<void> {
  const enough = new AbortController();
  try {
    await Promise.race([connection.close(), pause(endTimeoutMs, undefined, { signal: enough.signal })]);
  } catch {
    // It has ended by itself.
  } finally {
    enough.abort();
  }
}
