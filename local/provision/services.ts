import type { ResourceDeclaration } from '../assembly/resource.ts';
import type { AsynchronousInvocations } from '../asynchronous-invocations.ts';
import type { Brokers } from '../brokers/brokers.ts';
import type { DirectQueues } from '../emulators/direct-queues.ts';
import type { EventBus } from '../emulators/eventbridge/event-bus.ts';
import type { DeliveryStreams } from '../emulators/firehose/delivery-streams.ts';
import type { Secrets } from '../emulators/secrets-manager/secrets.ts';
import type { Ses } from '../emulators/ses/ses.ts';
import type { StepFunctions } from '../emulators/step-functions/step-functions.ts';
import type { FunctionRuntime } from '../functions/function-runtime.ts';
import type { HttpApis } from '../http-apis.ts';
import type { BrokerMapping } from '../mappings/broker-mapping.ts';
import type { EventSourceMapping } from '../mappings/event-source-mapping.ts';
import type { Monitoring } from '../monitoring.ts';
import type { Schedules } from '../schedules.ts';
import type { LoadBalancers } from '../workers/load-balancers.ts';
import type { WorkerFleets } from '../workers/worker-fleets.ts';
import type { AwsClients } from './aws-clients.ts';

/** What a provider works with. */
export interface LocalServices {
  /** The AWS wire endpoint, `http://127.0.0.1:4566`. */
  readonly endpoint: string;
  readonly clients: AwsClients;
  /** The queues from within this process. */
  readonly directQueues: DirectQueues;
  /** Longest visibility timeout that a queue gets, in seconds. */
  readonly maxVisibilityTimeoutSeconds: number;
  readonly functions: FunctionRuntime;
  readonly asynchronousInvocations: Pick<AsynchronousInvocations, 'configure'>;
  readonly monitoring: Monitoring;
  /** Hands over a mapping, to be stopped with the rest. */
  addMapping(mapping: EventSourceMapping): void;
  /** The same of a mapping that takes messages from a broker. */
  addBrokerMapping(mapping: BrokerMapping): void;
  readonly httpApis: HttpApis;
  readonly workers: WorkerFleets;
  readonly loadBalancers: LoadBalancers;
  readonly schedules: Schedules;
  readonly eventBus: Pick<EventBus, 'addRule'>;
  readonly stepFunctions: Pick<StepFunctions, 'add'>;
  readonly deliveryStreams: DeliveryStreams;
  readonly mail: Ses;
  readonly secrets: Pick<Secrets, 'add' | 'valueOf'>;
  readonly brokers: Brokers;
  /** Variables of a function, or of the workers of a fleet, that go over its template's. */
  environmentOverride(resource: ResourceDeclaration): Readonly<Record<string, string>>;
  /** Tells the user of something that differs from the template, or does not run. */
  note(resource: ResourceDeclaration, text: string): void;
}
