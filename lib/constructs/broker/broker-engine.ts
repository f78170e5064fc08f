import type { BrokerProtocol } from '../../../contracts/broker.ts';
import type { Rule } from '../validation.ts';

/** A kind of broker that Amazon MQ runs, and all that differs between the kinds. */
export interface BrokerEngine {
  /** As Amazon MQ calls it. */
  readonly engineType: 'RABBITMQ' | 'ACTIVEMQ';
  readonly engineVersion: string;
  readonly deploymentMode: 'SINGLE_INSTANCE' | 'ACTIVE_STANDBY_MULTI_AZ' | 'CLUSTER_MULTI_AZ';
  readonly hostInstanceType: string;
  /** Subnets that it is in, each in a zone of its own. */
  readonly zones: number;
  /** What programs here speak to it. */
  readonly protocol: BrokerProtocol;
  /** Port that they connect to, over TLS. */
  readonly port: number;
  /** Port that Lambda takes messages from, over TLS. */
  readonly eventSourcePort: number;
  /** What is set of it, in its own language. */
  readonly configuration: string;
  /** Logs that it can write. */
  readonly logs: { readonly general: true; readonly audit?: true };
  /** Whether its disks can be under a key of the account's; they are under one of AWS's otherwise. */
  readonly takesKey: boolean;
  /** What must hold of what it was made with. */
  readonly rules: readonly Rule[];
}
