import { type HttpStandIn, httpStandIn, type StandInAnswer, type StandInRequest } from './http-stand-in.ts';

/** The instance metadata service, version 2, of an instance whose fate the test decides. */
export class StandInInstance {
  readonly values = new Map<string, string>([
    ['instance-id', 'i-0123456789abcdef0'],
    ['autoscaling/target-lifecycle-state', 'InService'],
    ['tags/instance/aws:autoscaling:groupName', 'videos-group'],
  ]);
  /** Tokens handed out; clear it to make all of them invalid. */
  readonly tokens = new Set<string>();
  down = false;
  #listener: HttpStandIn | undefined;

  async start(): Promise<this> {
    this.#listener = await httpStandIn(request => this.#answer(request));
    return this;
  }

  get url(): string {
    return this.#listener?.url ?? '';
  }

  get requests(): readonly StandInRequest[] {
    return this.#listener?.requests ?? [];
  }

  async close(): Promise<void> {
    await this.#listener?.close();
  }

  #answer({ method, path, headers }: StandInRequest): StandInAnswer {
    if (this.down) return { status: 500 };
    if (path === '/latest/api/token') {
      if (method !== 'PUT' || headers['x-aws-ec2-metadata-token-ttl-seconds'] === undefined)
        return { status: 400 };
      const token = `token-${this.tokens.size + 1}-${Math.random()}`;
      this.tokens.add(token);
      return { body: token };
    }
    if (!this.tokens.has(String(headers['x-aws-ec2-metadata-token']))) return { status: 401 };
    const value = this.values.get(path.replace('/latest/meta-data/', ''));
    return value === undefined ? { status: 404 } : { body: value };
  }
}
