import type { DeployedResource } from './deployed-stack.ts';
import type { Edge } from './edge.ts';
import { encryptionOf, unseenKey } from './encryption.ts';
import { neighbourOf, type PolicyWorld } from './policy-world.ts';

const states = 'states.amazonaws.com';

export interface WorkflowDeliveryDetails {
  readonly machine: DeployedResource;
  /** Role that the machine's executions act under. */
  readonly role: DeployedResource;
  readonly action: string;
  readonly destination: DeployedResource;
}

/** A state of a workflow sends or invokes under the machine's role, which machines of its account alone may take. */
export class WorkflowDelivery implements Edge {
  readonly name: string;
  readonly #world: PolicyWorld;
  readonly #details: WorkflowDeliveryDetails;

  constructor(world: PolicyWorld, details: WorkflowDeliveryDetails) {
    this.name = `${details.machine.path} → ${details.destination.path}`;
    this.#world = world;
    this.#details = details;
  }

  async faults(): Promise<readonly string[]> {
    const { machine, role, action, destination } = this.#details;
    const world = this.#world;
    const key = encryptionOf(destination, world);
    if (key === 'unseen') return [unseenKey(this.name, destination)];

    const worker = world.role(role);
    const needed = [
      world.service(states, machine).may('sts:AssumeRole', role),
      worker.may(action, destination),
      ...(key ? [worker.may('kms:Decrypt', key), worker.may('kms:GenerateDataKey', key)] : []),
    ];
    const strangers = [
      world.service(states),
      world.service(states, { arn: machine.arn, account: '999999999999' }),
      world.service('lambda.amazonaws.com', machine),
      world.stranger(),
      world.outsider(),
      world.anybody(),
    ];
    const excessive = [
      ...strangers.map(stranger => stranger.may('sts:AssumeRole', role)),
      worker.may(action, neighbourOf(destination)),
      ...(key ? [worker.may('kms:Decrypt', neighbourOf(key))] : []),
    ];
    const plain =
      action === 'sqs:SendMessage' ? await worker.overPlainHttp().may(action, destination) : undefined;
    return [
      ...(await Promise.all(needed)).filter(({ allowed }) => !allowed).map(verdict => `blocked: ${verdict}`),
      ...(await Promise.all(excessive)).filter(({ allowed }) => allowed).map(verdict => `open: ${verdict}`),
      ...(plain === undefined || plain.forbidden ? [] : [`plaintext: ${plain}`]),
    ];
  }
}
