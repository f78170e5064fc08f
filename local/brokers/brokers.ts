import { ActiveMqServer } from './activemq-server.ts';
import { RabbitMqServer } from './rabbitmq-server.ts';

/** Kinds of brokers, as templates call them. */
export type BrokerKind = 'RABBITMQ' | 'ACTIVEMQ';

/** Who may connect to a broker. */
export interface BrokerUser {
  readonly username: string;
  readonly password: string;
}

interface BrokerServer {
  readonly address: string;
  stop(): Promise<void>;
}

interface ServerSettings extends BrokerUser {
  readonly port: number;
  /** In the engine's own language, as Amazon MQ takes it. */
  readonly configuration: string;
}

interface BrokerProgram {
  readonly scheme: string;
  /** What is to be installed for it. */
  readonly name: string;
  isInstalled(): boolean;
  start(settings: ServerSettings): Promise<BrokerServer>;
}

export const brokerPrograms: Readonly<Record<BrokerKind, BrokerProgram>> = {
  RABBITMQ: {
    scheme: 'amqp',
    name: 'a rabbitmq-server',
    isInstalled: () => RabbitMqServer.program !== undefined,
    start: ({ username, password, port }) => RabbitMqServer.start({ username, password, port }),
  },
  ACTIVEMQ: {
    scheme: 'stomp',
    name: 'an ActiveMQ with a Java',
    isInstalled: () => ActiveMqServer.isInstalled,
    start: settings => ActiveMqServer.start(settings),
  },
};

/** The message brokers of the stacks: a server of this machine each, where one of its kind is installed. */
export class Brokers {
  readonly #ports: readonly number[];
  /** Address of each broker, by its name. */
  readonly #places = new Map<string, string>();
  readonly #servers = new Map<string, BrokerServer>();
  readonly #configurations = new Map<string, string>();

  /** @param ports one for each broker: others are told of them before it listens. */
  constructor(ports: readonly number[]) {
    this.#ports = ports;
  }

  /** Where a broker of this name and kind listens, or will. */
  address(name: string, kind: BrokerKind): string {
    const port = this.#ports[this.#places.size] ?? 0;
    const address = this.#places.get(name) ?? `${brokerPrograms[kind].scheme}://127.0.0.1:${port}`;
    this.#places.set(name, address);
    return address;
  }

  /** Where a broker of this name listens that runs; undefined where none does. */
  runningAt(name: string): string | undefined {
    return this.#servers.get(name)?.address;
  }

  keepConfiguration(id: string, configuration: string): void {
    this.#configurations.set(id, configuration);
  }

  /** @throws Error when the server does not start. */
  async start(name: string, kind: BrokerKind, user: BrokerUser, configurationId: string): Promise<void> {
    const port = Number(new URL(this.address(name, kind)).port);
    const configuration = this.#configurations.get(configurationId) ?? '';
    this.#servers.set(name, await brokerPrograms[kind].start({ ...user, port, configuration }));
  }

  /** Whether a broker runs at one of these addresses. */
  runsAt(addresses: string): boolean {
    return [...this.#servers.values()].some(({ address }) => addresses.split(',').includes(address));
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#servers.values()].map(server => server.stop()));
  }
}
