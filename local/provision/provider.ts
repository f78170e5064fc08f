import type { ResourceDeclaration, ResourceIdentity } from '../assembly/resource.ts';
import type { BrokerKind } from '../brokers/brokers.ts';
import type { LocalServices } from './services.ts';

/**
 * When a type's resources are made: all that stores first, then what computes, then what joins them, then what
 * lets requests in, so that nothing is delivered to what is not there yet. Within a phase there is no order.
 */
export type ProvisioningPhase = 'stores' | 'compute' | 'wiring' | 'entrances';

export const PHASES: readonly ProvisioningPhase[] = ['stores', 'compute', 'wiring', 'entrances'];

/** Makes one type of CloudFormation resource on the local cloud. */
export interface ResourceProvider {
  /** CloudFormation type, `AWS::SQS::Queue`. */
  readonly type: string;
  readonly phase: ProvisioningPhase;
  /**
   * What the resource is called, from its declaration alone; the same at every call.
   *
   * @param addresses - where the endpoints of the local cloud listen
   */
  identify(resource: ResourceDeclaration, addresses: LocalAddresses): ResourceIdentity;
  /** Makes the resource. Called once, after the resources of the earlier phases are there. */
  provision(resource: ResourceDeclaration, services: LocalServices): Promise<void>;
}

/** Where the local cloud listens. */
export interface LocalAddresses {
  /** The AWS wire endpoint, `http://127.0.0.1:4566`. */
  readonly endpoint: string;
  /** Where an HTTP API listens, `http://127.0.0.1:4567`. */
  httpApi(apiId: string): string;
  /** Where a message broker listens, `amqp://127.0.0.1:5672`. */
  broker(name: string, kind: BrokerKind): string;
}
