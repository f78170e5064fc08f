import { RabbitMqServer } from './rabbitmq-server.ts';

/** Who may connect to a broker. */
export interface BrokerUser {
  readonly username: string;
  readonly password: string;
}

/** The message brokers of the stacks: a RabbitMQ of this machine each, where one is installed. */
export class Brokers {
  readonly #ports: readonly number[];
  /** Port of each broker, by its name. */
  readonly #places = new Map<string, number>();
  readonly #servers = new Map<string, RabbitMqServer>();

  /** @param ports one for each broker: others are told of them before it listens. */
  constructor(ports: readonly number[]) {
    this.#ports = ports;
  }

  address(name: string): string {
    const port = this.#places.get(name) ?? this.#ports[this.#places.size] ?? 0;
    this.#places.set(name, port);
    return `amqp://127.0.0.1:${port}`;
  }

  /** Whether there is a server that could be started. */
  get areInstalled(): boolean {
    return RabbitMqServer.program !== undefined;
  }

  /** @throws Error when the server does not start. */
  async start(name: string, user: BrokerUser): Promise<void> {
    const port = Number(new URL(this.address(name)).port);
    this.#servers.set(name, await RabbitMqServer.start({ ...user, port }));
  }

  /** Whether a broker runs at one of these addresses. */
  runsAt(addresses: string): boolean {
    return [...this.#servers.values()].some(({ address }) => addresses.split(',').includes(address));
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#servers.values()].map(server => server.stop()));
  }
}
