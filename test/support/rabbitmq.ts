import { randomBytes } from 'node:crypto';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ChannelModel, connect, type GetMessage } from 'amqplib';
import { RabbitMqServer } from '../../local/brokers/rabbitmq-server.ts';
import { closeQuietly } from '../../worker/broker/broker-link.ts';

export const credentials = { username: 'messaging', password: randomBytes(16).toString('hex') };

/**
 * `describe` where a RabbitMQ server is installed; elsewhere the tests are skipped, and their name says why.
 *
 * Nothing is pulled in for them: a RabbitMQ is 40 MB with its Erlang, and Debian, Homebrew and CI have it.
 */
export function describeWithRabbitMq(name: string, tests: () => void): void {
  if (RabbitMqServer.program !== undefined) {
    describe(name, tests);
    return;
  }
  // Told beside the skipped tests: a run that proves less says so.
  console.warn(`${name}: not run, since no rabbitmq-server is installed (apt-get install rabbitmq-server)`);
  describe.skip(name, tests);
}

/** A server for the tests of a file. */
export function startRabbitMq(): Promise<RabbitMqServer> {
  return RabbitMqServer.start(credentials);
}

/**
 * Whether a server has written down that a quorum queue is there. It does so twice a second: of a queue that was
 * declared just before a crash, nothing is left.
 */
export function isOnDisk(server: RabbitMqServer, queue: string): boolean {
  // In Erlang's own format, in which the next value begins with its type.
  const name = new RegExp(`%2F_${queue}[dm]`);
  return globSync('data/*/quorum/*/*.dets', { cwd: server.directory }).every(file =>
    name.test(readFileSync(join(server.directory, file), 'latin1')),
  );
}

/** Another program's connection to the server, with what tests look at. */
export class BrokerObserver {
  readonly connection: ChannelModel;

  private constructor(connection: ChannelModel) {
    this.connection = connection;
    connection.on('error', () => undefined);
  }

  static async at(server: RabbitMqServer): Promise<BrokerObserver> {
    const { username, password } = credentials;
    const { hostname, port } = new URL(server.address);
    return new BrokerObserver(await connect({ hostname, port: Number(port), username, password }));
  }

  /** Messages that wait in a queue and are in nobody's hand. */
  async waitingIn(queue: string): Promise<number> {
    const channel = await this.connection.createChannel();
    const { messageCount } = await channel.checkQueue(queue);
    await channel.close();
    return messageCount;
  }

  /** Takes the next message out of a queue; undefined where none waits. */
  async take(queue: string): Promise<GetMessage | undefined> {
    const channel = await this.connection.createChannel();
    const message = await channel.get(queue, { noAck: true });
    await channel.close();
    return message || undefined;
  }

  /** Takes a queue away, with all that is in it. */
  async forget(queue: string): Promise<void> {
    const channel = await this.connection.createChannel();
    await channel.deleteQueue(queue);
    await channel.close();
  }

  /** Puts something into a queue as it is. */
  async put(queue: string, body: string): Promise<void> {
    const channel = await this.connection.createConfirmChannel();
    channel.sendToQueue(queue, Buffer.from(body), { persistent: true });
    await channel.waitForConfirms();
    await channel.close();
  }

  async close(): Promise<void> {
    // Not for long: the server may have been killed, and never answer.
    await closeQuietly(this.connection);
  }
}
