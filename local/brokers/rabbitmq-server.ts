import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { freePorts } from './free-ports.ts';
import { installedProgram } from './installed-program.ts';
import { ServerProcess } from './server-process.ts';

/**
 * Where packages put the server. The first is Debian's own script: the one in /usr/sbin changes to another user,
 * who has no rights in a folder of ours.
 */
const folders = ['/usr/lib/rabbitmq/bin', '/usr/sbin', '/usr/local/sbin', '/opt/homebrew/sbin'];

export interface RabbitMqOptions {
  readonly username: string;
  readonly password: string;
  /** Where it listens. @default - any port that is free */
  readonly port?: number;
}

/**
 * A RabbitMQ server of this machine: on 127.0.0.1 alone, with a node name, a folder and a port mapper of its own,
 * so that none of it meets another server's.
 */
export class RabbitMqServer {
  readonly port: number;
  readonly #options: RabbitMqOptions;
  readonly #program: string;
  /** Where it keeps what it has on disk. */
  readonly directory: string;
  readonly #environment: NodeJS.ProcessEnv;
  readonly #mapperPort: number;
  #process: ServerProcess | undefined;

  /** The installed server's program; undefined where there is none. */
  static get program(): string | undefined {
    return installedProgram('rabbitmq-server', folders);
  }

  private constructor(program: string, options: RabbitMqOptions, ports: readonly number[]) {
    const [port = 0, distributionPort = 0, mapperPort = 0] = ports;
    this.#program = program;
    this.#options = options;
    this.port = options.port ?? port;
    this.#mapperPort = mapperPort;
    this.directory = mkdtempSync(join(tmpdir(), 'rabbitmq-'));
    this.#environment = {
      PATH: process.env.PATH,
      LANG: 'C.UTF-8',
      HOME: this.directory,
      RABBITMQ_NODENAME: `broker${this.port}@localhost`,
      RABBITMQ_MNESIA_BASE: join(this.directory, 'data'),
      RABBITMQ_LOGS: '-',
      RABBITMQ_CONFIG_FILE: join(this.directory, 'rabbitmq.conf'),
      RABBITMQ_ADVANCED_CONFIG_FILE: join(this.directory, 'advanced.config'),
      RABBITMQ_ENABLED_PLUGINS_FILE: join(this.directory, 'enabled_plugins'),
      RABBITMQ_PID_FILE: join(this.directory, 'pid'),
      // The machine's own settings are another server's.
      RABBITMQ_CONF_ENV_FILE: '/dev/null',
      RABBITMQ_DIST_PORT: String(distributionPort),
      RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: '-kernel inet_dist_use_interface {127,0,0,1}',
      ERL_EPMD_ADDRESS: '127.0.0.1',
      ERL_EPMD_PORT: String(mapperPort),
    };
  }

  /** @throws Error when there is no server, or it does not start. */
  static async start(options: RabbitMqOptions): Promise<RabbitMqServer> {
    const program = RabbitMqServer.program;
    if (program === undefined) throw new Error('There is no rabbitmq-server on this machine.');
    const server = new RabbitMqServer(program, options, await freePorts(3));
    server.#configure();
    await server.restart();
    return server;
  }

  get address(): string {
    return `amqp://127.0.0.1:${this.port}`;
  }

  /** Ends it in the middle of whatever it does, as a machine that fails would. What it had on disk stays. */
  async kill(): Promise<void> {
    await this.#process?.kill();
    this.#process = undefined;
  }

  /** Starts it after it was killed, with what it had on disk. */
  async restart(): Promise<void> {
    this.#process = await ServerProcess.start({
      command: [this.#program],
      // Erlang starts the mapper as a daemon.
      lastCommand: ['epmd', '-port', String(this.#mapperPort), '-kill'],
      environment: this.#environment,
      directory: this.directory,
      port: this.port,
      startsWithinMs: 60_000,
    });
  }

  /** Ends it, its port mapper with it, and forgets what it had on disk. */
  async stop(): Promise<void> {
    await this.kill();
    rmSync(this.directory, { recursive: true, force: true });
  }

  #configure(): void {
    const { username, password } = this.#options;
    mkdirSync(dirname(this.#environment.RABBITMQ_CONFIG_FILE as string), { recursive: true });
    writeFileSync(this.#environment.RABBITMQ_ENABLED_PLUGINS_FILE as string, '[].\n');
    writeFileSync(
      this.#environment.RABBITMQ_CONFIG_FILE as string,
      [
        `listeners.tcp.local = 127.0.0.1:${this.port}`,
        `default_user = ${username}`,
        `default_pass = ${password}`,
        // As Amazon MQ gives the broker's one user.
        'default_user_tags.administrator = true',
        'loopback_users = none',
        'log.console.level = error',
        // It would block publishers on a machine whose disk is nearly full.
        'disk_free_limit.absolute = 50MB',
        '',
      ].join('\n'),
      { mode: 0o600 },
    );
  }
}
