import type { ServerGroup } from '../http-api/server-group.ts';
import type { WorkerFleet } from './worker-fleet.ts';
import type { WorkerFleets } from './worker-fleets.ts';

/** What a server logs when it listens: where, and which process it is. */
const startedMessage = 'Server started';

/** Servers behind a listener, by the names that metrics give to load balancer and target group. */
export interface ServerCount {
  readonly loadBalancer: string;
  readonly targetGroup: string;
  readonly up: number;
}

/** The load balancers of the stacks: which servers are behind which listener. */
export class LoadBalancers {
  /** Target group of each listener. */
  readonly #listeners = new Map<string, string>();
  readonly #fleets = new Map<string, WorkerFleet>();
  /** Where servers listen, by their process ids. */
  readonly #urls = new Map<number, string>();

  /** @param workers whose log tells where servers listen. */
  constructor(workers: WorkerFleets) {
    workers.events.on('log', ({ json }) => {
      const { message, url, pid } = json ?? {};
      if (message === startedMessage && typeof url === 'string' && typeof pid === 'number') {
        this.#urls.set(pid, url);
      }
    });
  }

  addListener(listener: string, targetGroup: string): void {
    this.#listeners.set(listener, targetGroup);
  }

  addServers(targetGroup: string, fleet: WorkerFleet): void {
    this.#fleets.set(targetGroup, fleet);
  }

  /** How many servers are up behind each listener. */
  counts(): readonly ServerCount[] {
    return [...this.#listeners].map(([listener, targetGroup]) => ({
      loadBalancer: listener.split('/').slice(1, 4).join('/'),
      targetGroup: targetGroup.split(':').at(-1) ?? '',
      up: this.#up(targetGroup).length,
    }));
  }

  /** The servers behind a listener; undefined where there is no such listener. */
  behind(listener: string): ServerGroup | undefined {
    const targetGroup = this.#listeners.get(listener);
    if (targetGroup === undefined) return undefined;
    let turn = 0;
    return {
      next: () => {
        const up = this.#up(targetGroup);
        return up[turn++ % up.length];
      },
    };
  }

  #up(targetGroup: string): readonly string[] {
    return (this.#fleets.get(targetGroup)?.pids ?? []).flatMap(pid => this.#urls.get(pid) ?? []);
  }
}
