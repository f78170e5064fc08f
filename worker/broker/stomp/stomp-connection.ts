import { randomUUID } from 'node:crypto';
import { connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { BrokerCredentials } from '../../../contracts/broker.ts';
import {
  encodeFrame,
  StompDecoder,
  type StompFrame,
  type StompHeaders,
  stompHeartbeat,
} from '../../../contracts/stomp-frames.ts';
import { errorFrom } from '../../failures.ts';
import { type BrokerConnection, connectTimeoutMs, endTimeoutMs, heartbeatMs } from '../broker-link.ts';
import { confirmation } from '../confirmation.ts';

/** A message for a queue. */
export interface StompMessage {
  readonly queue: string;
  readonly body: string;
  readonly headers: StompHeaders;
}

/** What is done on the broker together, or not at all. */
export interface StompChange {
  readonly sent: readonly StompMessage[];
  /** Messages that a subscription was handed. */
  readonly acknowledged?: readonly StompFrame[];
}

/**
 * A connection to ActiveMQ, over STOMP 1.2: on TLS, where the broker must prove its name, or on TCP.
 *
 * Whatever the broker says is wrong ends the connection, as STOMP demands.
 *
 * @see https://stomp.github.io/stomp-specification-1.2.html
 */
export class StompConnection implements BrokerConnection {
  readonly closed: Promise<Error | undefined>;
  readonly #socket: Socket;
  readonly #decoder = new StompDecoder();
  readonly #opened = Promise.withResolvers<void>();
  readonly #receipts = new Map<string, PromiseWithResolvers<void>>();
  readonly #subscribers = new Map<string, (message: StompFrame) => void>();
  readonly #timers: NodeJS.Timeout[] = [];
  #lastSignAt = performance.now();
  #asked = 0;
  #reason: Error | undefined;

  private constructor(address: URL, user: BrokerCredentials, name: string) {
    const { protocol, hostname: host, port } = address;
    const isEncrypted = protocol === 'stomp+ssl:';
    this.#socket = isEncrypted
      ? connectTls({ host, port: Number(port) || 61_614, servername: host })
      : connectTcp({ host, port: Number(port) || 61_613 });
    this.#socket.setKeepAlive(true).setNoDelay(true);
    this.#socket.once(isEncrypted ? 'secureConnect' : 'connect', () => this.#logIn(host, user, name));
    this.#socket.on('data', data => this.#hear(data));
    this.#socket.on('error', error => this.#fail(error));
    this.closed = new Promise(resolve => {
      this.#socket.once('close', () => {
        for (const timer of this.#timers) clearInterval(timer);
        for (const receipt of this.#receipts.values()) receipt.reject(this.#reason ?? connectionLost());
        resolve(this.#reason);
      });
    });
  }

  static async open(address: URL, user: BrokerCredentials, name: string): Promise<StompConnection> {
    const connection = new StompConnection(address, user, name);
    const tooLate = setTimeout(
      () => connection.#fail(new Error(`The broker did not answer within ${connectTimeoutMs} ms.`)),
      connectTimeoutMs,
    );
    void connection.closed.then(reason => connection.#opened.reject(reason ?? connectionLost()));
    try {
      await connection.#opened.promise;
    } finally {
      clearTimeout(tooLate);
    }
    return connection;
  }

  get isOpen(): boolean {
    return this.#socket.readyState === 'open';
  }

  async close(): Promise<void> {
    const timer = setTimeout(() => this.#socket.destroy(), endTimeoutMs);
    // Whatever was sent before is done when the broker answers.
    const goodbye = this.#ask(receipt => this.#write('DISCONNECT', { receipt }));
    await goodbye.catch(() => undefined);
    this.#socket.destroy();
    await this.closed;
    clearTimeout(timer);
  }

  /**
   * Resolves when all of it is done, on the broker's disk.
   *
   * @throws DependencyDownError when the broker does not say so in time: it may have done it all the same.
   */
  commit({ sent, acknowledged = [] }: StompChange, withinMs: number): Promise<void> {
    return confirmation(withinMs, answer => {
      const [message] = sent;
      const ends = this.#ask(receipt => {
        if (message !== undefined && sent.length + acknowledged.length === 1) {
          this.#send(message, { receipt });
          return;
        }
        const transaction = `transaction-${receipt}`;
        this.#write('BEGIN', { transaction });
        for (const each of sent) this.#send(each, { transaction });
        for (const each of acknowledged) this.#acknowledge(each, { transaction });
        this.#write('COMMIT', { transaction, receipt });
      });
      ends.then(answer.resolve, answer.reject);
    });
  }

  /** Tells that a message is done, and waits for no answer: one whose word is lost is handed out again. */
  acknowledge(message: StompFrame): void {
    this.#acknowledge(message, {});
  }

  /**
   * Is handed a message of a queue, and the next when that was acknowledged. Resolves when the broker has agreed.
   *
   * @param id one of this connection's own.
   */
  subscribe(id: string, queue: string, onMessage: (message: StompFrame) => void): Promise<void> {
    this.#subscribers.set(id, onMessage);
    return this.#ask(receipt =>
      this.#write('SUBSCRIBE', {
        id,
        destination: `/queue/${queue}`,
        ack: 'client-individual',
        'activemq.prefetchSize': '1',
        receipt,
      }),
    );
  }

  /** Is handed no more; a message that was not acknowledged goes back to the queue. */
  unsubscribe(id: string): void {
    this.#subscribers.delete(id);
    if (this.isOpen) this.#write('UNSUBSCRIBE', { id });
  }

  #logIn(host: string, { username, password }: BrokerCredentials, name: string): void {
    this.#write('CONNECT', {
      'accept-version': '1.2',
      host,
      login: username,
      passcode: password,
      'heart-beat': `${heartbeatMs},${heartbeatMs}`,
      // What the broker's console calls it; it lets in nobody under a name that is there already.
      'client-id': `${name}-${randomUUID()}`,
    });
  }

  #send({ queue, body, headers }: StompMessage, how: StompHeaders): void {
    this.#write(
      'SEND',
      {
        ...headers,
        destination: `/queue/${queue}`,
        persistent: 'true',
        // For whoever takes it over JMS a text, and not bytes, as its length would say.
        'amq-msg-type': 'text',
        ...how,
      },
      body,
    );
  }

  #acknowledge({ headers: { ack: id = '' } }: StompFrame, how: StompHeaders): void {
    this.#write('ACK', { id, ...how });
  }

  /** Resolves with the receipt of what it sends; rejects when the connection ends before. */
  async #ask(send: (receipt: string) => void): Promise<void> {
    const receipt = String(++this.#asked);
    const answer = Promise.withResolvers<void>();
    this.#receipts.set(receipt, answer);
    try {
      send(receipt);
      await answer.promise;
    } finally {
      this.#receipts.delete(receipt);
    }
  }

  #write(command: string, headers: StompHeaders, body = ''): void {
    if (!this.isOpen) throw this.#reason ?? connectionLost();
    this.#socket.write(encodeFrame({ command, headers, body }));
  }

  #hear(data: Buffer): void {
    this.#lastSignAt = performance.now();
    try {
      for (const frame of this.#decoder.push(data)) this.#take(frame);
    } catch (thrown) {
      this.#fail(errorFrom(thrown));
    }
  }

  #take(frame: StompFrame): void {
    const { command, headers } = frame;
    switch (command) {
      case 'CONNECTED':
        this.#keepAlive(headers['heart-beat']);
        this.#opened.resolve();
        return;
      case 'RECEIPT':
        this.#receipts.get(headers['receipt-id'] ?? '')?.resolve();
        return;
      case 'MESSAGE':
        // Of a subscription that was ended since, the broker has it back.
        this.#subscribers.get(headers.subscription ?? '')?.(frame);
        return;
      case 'ERROR':
        this.#fail(new Error(`The broker refuses: ${headers.message ?? frame.body.slice(0, 500)}`));
    }
  }

  /** @see https://stomp.github.io/stomp-specification-1.2.html#Heart-beating */
  #keepAlive(heartBeat = '0,0'): void {
    const [sends = 0, expects = 0] = heartBeat.split(',').map(Number);
    if (expects > 0) {
      // Twice as often as agreed, so that none comes late.
      const every = Math.max(expects, heartbeatMs) / 2;
      this.#timers.push(setInterval(() => this.isOpen && this.#socket.write(stompHeartbeat), every));
    }
    if (sends > 0) {
      const every = Math.max(sends, heartbeatMs);
      const check = () => {
        if (performance.now() - this.#lastSignAt > 2 * every) {
          this.#fail(new Error(`The broker gave no sign of life for ${2 * every} ms.`));
        }
      };
      this.#timers.push(setInterval(check, every));
    }
  }

  #fail(reason: Error): void {
    this.#reason ??= reason;
    this.#socket.destroy();
  }
}

function connectionLost(): Error {
  return new Error('The connection was closed.');
}
