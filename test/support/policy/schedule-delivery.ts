import type { DeployedResource } from './deployed-stack.ts';
import type { Edge } from './edge.ts';
import { encryptionOf, unseenKey } from './encryption.ts';
import { neighbourOf, type PolicyWorld } from './policy-world.ts';

const scheduler = 'scheduler.amazonaws.com';

export interface ScheduleDeliveryDetails {
  readonly group: DeployedResource;
  /** Role that the schedules of the group send under. */
  readonly role: DeployedResource;
  readonly queue: DeployedResource;
}

/** Schedules of a group, made when programs run, send to a queue under a role that is theirs alone. */
export class ScheduleDelivery implements Edge {
  readonly name: string;
  readonly #world: PolicyWorld;
  readonly #details: ScheduleDeliveryDetails;

  constructor(world: PolicyWorld, details: ScheduleDeliveryDetails) {
    this.name = `${details.group.path} → ${details.queue.path}`;
    this.#world = world;
    this.#details = details;
  }

  async faults(): Promise<readonly string[]> {
    const { group, role, queue } = this.#details;
    const world = this.#world;
    const key = encryptionOf(queue, world);
    if (key === 'unseen') return [unseenKey(this.name, queue)];

    const sender = world.role(role);
    const needed = [
      world.service(scheduler, group).may('sts:AssumeRole', role),
      sender.may('sqs:SendMessage', queue),
      ...(key ? [sender.may('kms:Decrypt', key), sender.may('kms:GenerateDataKey', key)] : []),
    ];
    const { arn, account } = neighbourOf(group);
    const strangers = [
      world.service(scheduler),
      world.service(scheduler, { arn, account }),
      world.service(scheduler, { arn: group.arn, account: '999999999999' }),
      world.service('lambda.amazonaws.com', group),
      world.stranger(),
      world.outsider(),
      world.anybody(),
    ];
    const excessive = [
      ...strangers.map(stranger => stranger.may('sts:AssumeRole', role)),
      sender.may('sqs:SendMessage', neighbourOf(queue)),
      sender.may('sqs:ReceiveMessage', queue),
      ...(key ? [sender.may('kms:Decrypt', neighbourOf(key))] : []),
    ];
    const plain = await sender.overPlainHttp().may('sqs:SendMessage', queue);
    return [
      ...(await Promise.all(needed)).filter(({ allowed }) => !allowed).map(verdict => `blocked: ${verdict}`),
      ...(await Promise.all(excessive)).filter(({ allowed }) => allowed).map(verdict => `open: ${verdict}`),
      ...(plain.forbidden ? [] : [`plaintext: ${plain}`]),
    ];
  }
}
