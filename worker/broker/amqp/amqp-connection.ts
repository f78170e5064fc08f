import { type ChannelModel, connect } from 'amqplib';
import type { BrokerCredentials } from '../../../contracts/broker.ts';
import { type BrokerConnection, connectTimeoutMs, heartbeatMs } from '../broker-link.ts';

/** A connection to RabbitMQ, over AMQP 0-9-1. */
export class AmqpConnection implements BrokerConnection {
  readonly model: ChannelModel;
  readonly closed: Promise<Error | undefined>;

  private constructor(model: ChannelModel) {
    this.model = model;
    this.closed = new Promise(resolve => model.once('close', resolve));
    // What an error is about, `close` tells too; unheard, it would end the process.
    model.on('error', () => undefined);
  }

  static async open(address: URL, user: BrokerCredentials, name: string): Promise<AmqpConnection> {
    const { protocol, hostname, port } = address;
    const model = await connect(
      {
        protocol: protocol.slice(0, -1),
        hostname,
        port: Number(port) || (protocol === 'amqps:' ? 5671 : 5672),
        username: user.username,
        password: user.password,
        heartbeat: heartbeatMs / 1_000,
      },
      { timeout: connectTimeoutMs, keepAlive: true, clientProperties: { connection_name: name } },
    );
    return new AmqpConnection(model);
  }

  close(): Promise<void> {
    return this.model.close();
  }
}
