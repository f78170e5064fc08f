import { randomBytes } from 'node:crypto';
import { EventEmitter, once } from 'node:events';
import { connect, type Socket } from 'node:net';
import {
  encodeFrame,
  StompDecoder,
  type StompFrame,
  type StompHeaders,
} from '../../contracts/stomp-frames.ts';
import { type ActiveMqProps, activeMq } from '../../lib/constructs/broker/activemq.ts';
import { ActiveMqServer } from '../../local/brokers/activemq-server.ts';

export const credentials = { username: 'messaging', password: randomBytes(16).toString('hex') };

/**
 * `describe` where an ActiveMQ server is installed; elsewhere the tests are skipped, and their name says why.
 *
 * Nothing is pulled in for them: an ActiveMQ needs a Java, and Debian and CI have both.
 */
export function describeWithActiveMq(name: string, tests: () => void): void {
  if (ActiveMqServer.isInstalled) {
    describe(name, tests);
    return;
  }
  // Told beside the skipped tests: a run that proves less says so.
  console.warn(`${name}: not run, since no ActiveMQ is installed (apt-get install activemq)`);
  describe.skip(name, tests);
}

/** A server for the tests of a file, with the configuration that the stack's template gives to Amazon MQ. */
export function startActiveMq(props: ActiveMqProps = {}): Promise<ActiveMqServer> {
  return ActiveMqServer.start({ ...credentials, configuration: activeMq(props).configuration });
}

/** A message of a queue, as another program is handed it. */
export interface ObservedMessage {
  readonly headers: StompHeaders;
  readonly body: string;
}

/** Another program's connection to the server, with what tests look at; it has nothing of the workers' client. */
export class BrokerObserver {
  readonly #socket: Socket;
  readonly #frames = new EventEmitter<Record<string, [StompFrame]>>();
  #asked = 0;

  private constructor(socket: Socket) {
    this.#socket = socket;
    const decoder = new StompDecoder();
    socket.on('data', data => {
      for (const frame of decoder.push(data)) this.#frames.emit(placeOf(frame), frame);
    });
    socket.on('error', () => undefined);
  }

  static async at({ port }: ActiveMqServer): Promise<BrokerObserver> {
    const observer = new BrokerObserver(connect(port, '127.0.0.1'));
    const { username: login, password: passcode } = credentials;
    const connected = observer.#next('CONNECTED');
    observer.#write('CONNECT', { 'accept-version': '1.2', host: 'localhost', login, passcode });
    await connected;
    return observer;
  }

  /** How many messages are in a queue, those included that somebody has in hand. */
  async countIn(queue: string): Promise<number> {
    return (await this.#browse(queue)).length;
  }

  /** The first message of a queue, which stays where it is; undefined where there is none. */
  async first(queue: string): Promise<ObservedMessage | undefined> {
    return (await this.#browse(queue))[0];
  }

  /** Puts something into a queue as it is. */
  async put(queue: string, body: string, headers: StompHeaders = {}): Promise<void> {
    const receipt = this.#name();
    const done = this.#next(receipt);
    this.#write('SEND', { ...headers, destination: `/queue/${queue}`, persistent: 'true', receipt }, body);
    await done;
  }

  /** Is handed a message, which stays in its hand. */
  async hold(queue: string): Promise<ObservedMessage> {
    const id = this.#name();
    const handed = this.#next(id);
    this.#subscribe(id, queue, { 'activemq.prefetchSize': '1' });
    return handed;
  }

  /** Refuses a message that it was handed, and takes no more. */
  refuse({ headers: { ack = '', subscription = '' } }: ObservedMessage): void {
    this.#write('NACK', { id: ack });
    this.#write('UNSUBSCRIBE', { id: subscription });
  }

  /** Goes without a word, as a program that dies. */
  async close(): Promise<void> {
    if (this.#socket.closed) return;
    const closed = once(this.#socket, 'close');
    this.#socket.destroy();
    await closed;
  }

  async #browse(queue: string): Promise<ObservedMessage[]> {
    const id = this.#name();
    const found: ObservedMessage[] = [];
    const ended = Promise.withResolvers<void>();
    this.#frames.on(id, frame => {
      if (frame.headers.browser === 'end') ended.resolve();
      else found.push(frame);
    });
    this.#subscribe(id, queue, { browser: 'true' });
    await ended.promise;
    this.#write('UNSUBSCRIBE', { id });
    return found;
  }

  #subscribe(id: string, queue: string, how: StompHeaders): void {
    this.#write('SUBSCRIBE', { id, destination: `/queue/${queue}`, ack: 'client-individual', ...how });
  }

  async #next(place: string): Promise<StompFrame> {
    const [frame] = await once(this.#frames, place);
    return frame;
  }

  #write(command: string, headers: StompHeaders, body = ''): void {
    this.#socket.write(encodeFrame({ command, headers, body }));
  }

  #name(): string {
    return `look-${++this.#asked}`;
  }
}

/** What a frame is about: a receipt, a subscription, or itself. */
function placeOf({ command, headers }: StompFrame): string {
  return headers['receipt-id'] ?? headers.subscription ?? command;
}
