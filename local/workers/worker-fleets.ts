import { EventEmitter } from 'node:events';
import type { FunctionLogLine, FunctionMetric } from '../functions/function-events.ts';
import { readLogLine } from '../functions/log-line.ts';
import { WorkerFleet } from './worker-fleet.ts';
import type { WorkerSpec } from './worker-spec.ts';

/** Something that a fleet cannot go on with. */
export interface FleetFault {
  readonly fleetName: string;
  readonly what: string;
}

/** Events of worker fleets by name; lines and metrics in the form of those of functions. */
export interface FleetEvents {
  readonly log: [FunctionLogLine];
  readonly metric: [FunctionMetric];
  readonly fleetFault: [FleetFault];
}

/** What a launch template or a task definition says of workers, which the group or service then has. */
export type WorkerTemplate = Pick<WorkerSpec, 'directory' | 'command' | 'environment'>;

/** The worker fleets of the stacks. */
export class WorkerFleets {
  readonly events = new EventEmitter<FleetEvents>();
  readonly size: number;
  readonly #templates = new Map<string, WorkerTemplate>();
  readonly #fleets: WorkerFleet[] = [];

  /** @param size how many workers each fleet has. */
  constructor(size: number) {
    this.size = size;
  }

  /** Keeps what workers are to be, by what `Ref` gives for the template. */
  addTemplate(ref: string, template: WorkerTemplate): void {
    this.#templates.set(ref, template);
  }

  template(ref: string): WorkerTemplate | undefined {
    return this.#templates.get(ref);
  }

  /** @param size how many workers this fleet has. */
  start(spec: WorkerSpec, size = this.size): WorkerFleet {
    const { fleetName } = spec;
    const fleet = new WorkerFleet({
      spec,
      size,
      onLine: (line, stream) => {
        const { log, samples } = readLogLine({ functionName: fleetName, stream, line });
        this.events.emit('log', log);
        for (const sample of samples) this.events.emit('metric', { functionName: fleetName, ...sample });
      },
      onFault: what => this.events.emit('fleetFault', { fleetName, what }),
    });
    this.#fleets.push(fleet);
    fleet.start();
    return fleet;
  }

  get all(): readonly WorkerFleet[] {
    return this.#fleets;
  }

  async stop(): Promise<void> {
    await Promise.all(this.#fleets.map(fleet => fleet.stop()));
  }
}
