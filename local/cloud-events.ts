import { EventEmitter } from 'node:events';
import type { AlarmState } from './alarms/alarm-spec.ts';
import type { LostInvocation } from './asynchronous-invocations.ts';
import type { Mail } from './emulators/ses/mail.ts';
import type { DeliveryOutcome } from './emulators/sns/fan-out.ts';
import type { Notification } from './emulators/sns/notification.ts';
import type { StartedExecution } from './emulators/step-functions/started-execution.ts';
import type { FunctionEvents } from './functions/function-events.ts';
import type { FunctionRuntime } from './functions/function-runtime.ts';
import type { RequestHandled } from './http-api/http-api.ts';
import type { EventSourceMapping } from './mappings/event-source-mapping.ts';
import type { MappingEvents } from './mappings/mapping-events.ts';
import type { FleetFault, WorkerFleets } from './workers/worker-fleets.ts';

/** An alarm changed its state. */
export interface AlarmChange {
  readonly name: string;
  /** Path of its construct, without CDK's last `/Resource`. */
  readonly path: string;
  readonly state: AlarmState;
  /** In CloudWatch's words. */
  readonly reason: string;
}

/** All that happens on the local cloud, by name. */
export interface CloudEvents extends FunctionEvents, MappingEvents {
  /** A topic took a message. */
  readonly publication: [Notification];
  /** A topic gave a message to a subscription, or did not. */
  readonly delivery: [DeliveryOutcome];
  /** An HTTP API answered. */
  readonly request: [RequestHandled];
  readonly lostInvocation: [LostInvocation];
  readonly alarm: [AlarmChange];
  /** SES took a mail. */
  readonly mail: [Mail];
  readonly fleetFault: [FleetFault];
  /** An execution of a state machine started, or ended. */
  readonly execution: [StartedExecution];
}

/** Passes on the events of the parts. */
export class CloudEventStream extends EventEmitter<CloudEvents> {
  follow(functions: FunctionRuntime): void {
    functions.events.on('log', line => this.emit('log', line));
    functions.events.on('metric', metric => this.emit('metric', metric));
    functions.events.on('invocation', report => this.emit('invocation', report));
    functions.events.on('environment', change => this.emit('environment', change));
  }

  followWorkers(workers: WorkerFleets): void {
    workers.events.on('log', line => this.emit('log', line));
    workers.events.on('metric', metric => this.emit('metric', metric));
    workers.events.on('fleetFault', fault => this.emit('fleetFault', fault));
  }

  followMapping(mapping: EventSourceMapping): void {
    mapping.events.on('received', batch => this.emit('received', batch));
    mapping.events.on('outcome', outcome => this.emit('outcome', outcome));
    mapping.events.on('filtered', messages => this.emit('filtered', messages));
    mapping.events.on('fault', fault => this.emit('fault', fault));
  }
}
