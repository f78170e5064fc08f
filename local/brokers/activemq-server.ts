import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { activeMqConfiguration } from './activemq-configuration.ts';
import { freePorts } from './free-ports.ts';
import { installedProgram } from './installed-program.ts';
import { ServerProcess } from './server-process.ts';

/** Where Debian's package puts the server. */
const debianHome = '/usr/share/activemq';

export interface ActiveMqOptions {
  readonly username: string;
  readonly password: string;
  /** Its XML, as Amazon MQ takes it. */
  readonly configuration: string;
  /** Where it listens. @default - any port that is free */
  readonly port?: number;
}

interface InstalledActiveMq {
  readonly java: string;
  readonly home: string;
  readonly jar: string;
}

/**
 * An ActiveMQ server of this machine: STOMP on 127.0.0.1 alone, without a console or management port, with a folder
 * of its own.
 */
export class ActiveMqServer {
  readonly port: number;
  /** Where it keeps what it has on disk. */
  readonly directory: string;
  readonly #installed: InstalledActiveMq;
  #process: ServerProcess | undefined;

  private constructor(installed: InstalledActiveMq, port: number) {
    this.#installed = installed;
    this.port = port;
    this.directory = mkdtempSync(join(tmpdir(), 'activemq-'));
  }

  /** Whether there is a server, and a Java to run it. */
  static get isInstalled(): boolean {
    return installed() !== undefined;
  }

  /** @throws Error when there is no server, or it does not start. */
  static async start(options: ActiveMqOptions): Promise<ActiveMqServer> {
    const found = installed();
    if (found === undefined) throw new Error('There is no ActiveMQ with a Java on this machine.');
    const [port = 0] = await freePorts(1);
    const server = new ActiveMqServer(found, options.port ?? port);
    server.#configure(options);
    await server.restart();
    return server;
  }

  get address(): string {
    return `stomp://127.0.0.1:${this.port}`;
  }

  /** Ends it in the middle of whatever it does, as a machine that fails would. What it had on disk stays. */
  async kill(): Promise<void> {
    await this.#process?.kill();
    this.#process = undefined;
  }

  /** Starts it after it was killed, with what it had on disk. */
  async restart(): Promise<void> {
    const { java, home, jar } = this.#installed;
    const { directory } = this;
    this.#process = await ServerProcess.start({
      command: [
        java,
        '-Xmx256m',
        '-XX:+UseSerialGC',
        '-XX:TieredStopAtLevel=1',
        `-Dactivemq.home=${home}`,
        `-Dactivemq.base=${directory}`,
        `-Dactivemq.conf=${directory}`,
        `-Dactivemq.data=${directory}/data`,
        `-Djava.io.tmpdir=${directory}/tmp`,
        '-jar',
        jar,
        'start',
        `xbean:file:${directory}/activemq.xml`,
      ],
      lastCommand: [],
      environment: { PATH: process.env.PATH, LANG: 'C.UTF-8', HOME: directory },
      directory,
      port: this.port,
      startsWithinMs: 60_000,
    });
  }

  /** Ends it, and forgets what it had on disk. */
  async stop(): Promise<void> {
    await this.kill();
    rmSync(this.directory, { recursive: true, force: true });
  }

  #configure({ configuration, username, password }: ActiveMqOptions): void {
    mkdirSync(join(this.directory, 'tmp'));
    const surroundings = {
      name: `broker${this.port}`,
      username,
      password,
      port: this.port,
      directory: join(this.directory, 'data'),
    };
    writeFileSync(join(this.directory, 'activemq.xml'), activeMqConfiguration(configuration, surroundings), {
      mode: 0o600,
    });
  }
}

function installed(): InstalledActiveMq | undefined {
  const { JAVA_HOME, ACTIVEMQ_HOME: home = debianHome } = process.env;
  const java = installedProgram('java', JAVA_HOME ? [join(JAVA_HOME, 'bin')] : []);
  const jar = join(home, 'bin', 'activemq.jar');
  return java !== undefined && existsSync(jar) ? { java, home, jar } : undefined;
}
