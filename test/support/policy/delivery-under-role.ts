import type { Target } from './caller.ts';
import type { DeployedResource } from './deployed-stack.ts';
import type { Edge } from './edge.ts';
import { encryptionOf, unseenKey } from './encryption.ts';
import { neighbourOf, type PolicyWorld } from './policy-world.ts';

export interface RoleDeliveryDetails {
  /** What delivers, by its path. */
  readonly from: string;
  /** Service principal that assumes the role. */
  readonly service: string;
  /** Condition keys that the service sends when it does, with a value that is somebody else's. */
  readonly assumedWith?: Readonly<Record<string, { readonly own: string; readonly others: string }>>;
  readonly role: DeployedResource;
  readonly actions: readonly string[];
  readonly destination: DeployedResource;
  /** What in the destination is written, `/events/any`. @default - the destination itself */
  readonly parts?: readonly string[];
}

/** What is done with the key of what is written into; Data Firehose has a grant of its own on that of a stream. */
const keyActions = ['kms:Decrypt', 'kms:GenerateDataKey'];

/** Delivery by an AWS service under a role: it may deliver there and not next door, and none but the service takes it. */
export class DeliveryUnderRole implements Edge {
  readonly name: string;
  readonly #world: PolicyWorld;
  readonly #details: RoleDeliveryDetails;

  constructor(world: PolicyWorld, details: RoleDeliveryDetails) {
    this.name = `${details.from} → ${details.destination.path}`;
    this.#world = world;
    this.#details = details;
  }

  async faults(): Promise<readonly string[]> {
    const world = this.#world;
    const { role, service, actions, destination, parts = [''], assumedWith = {} } = this.#details;
    const key = encryptionOf(destination, world);
    if (key === 'unseen') return [unseenKey(this.name, destination)];
    const deliverer = world.role(role);
    const via = deliverer.by(`${destination.arn?.split(':')[2]}.${role.region}.amazonaws.com`);
    const within = (target: Target): readonly Target[] =>
      parts.map(part => ({ ...target, arn: `${target.arn}${part}` }));
    const values = Object.entries(assumedWith);
    const assumer = (whose: 'own' | 'others') =>
      world.service(service).with(Object.fromEntries(values.map(([name, value]) => [name, value[whose]])));

    const needed = [
      ...within(destination).flatMap(target => actions.map(action => deliverer.may(action, target))),
      ...(key ? keyActions.map(action => via.may(action, key)) : []),
      assumer('own').may('sts:AssumeRole', role),
    ];
    const excessive = [
      ...within(neighbourOf(destination)).flatMap(target =>
        actions.map(action => deliverer.may(action, target)),
      ),
      ...(key
        ? [via.may('kms:Decrypt', neighbourOf(key)), deliverer.may('kms:ScheduleKeyDeletion', key)]
        : []),
      ...(values.length > 0 ? [assumer('others').may('sts:AssumeRole', role)] : []),
      ...[world.service('ec2.amazonaws.com'), world.stranger(), world.outsider()].map(other =>
        other.may('sts:AssumeRole', role),
      ),
    ];
    return [
      ...(await Promise.all(needed)).filter(({ allowed }) => !allowed).map(verdict => `blocked: ${verdict}`),
      ...(await Promise.all(excessive)).filter(({ allowed }) => allowed).map(verdict => `open: ${verdict}`),
    ];
  }
}
