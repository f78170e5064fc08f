import type { DeployedResource } from './deployed-stack.ts';
import type { Edge } from './edge.ts';
import { encryptionOf, unseenKey } from './encryption.ts';
import { neighbourOf, type PolicyWorld } from './policy-world.ts';

/** Lambda sends to a queue, under a function's role, what the function failed on. */
export class SendingByFunction implements Edge {
  readonly name: string;
  readonly #world: PolicyWorld;
  readonly #role: DeployedResource;
  readonly #queue: DeployedResource;

  constructor(world: PolicyWorld, role: DeployedResource, queue: DeployedResource) {
    this.name = `${role.path} → ${queue.path}`;
    this.#world = world;
    this.#role = role;
    this.#queue = queue;
  }

  async faults(): Promise<readonly string[]> {
    const queue = this.#queue;
    const key = encryptionOf(queue, this.#world);
    if (key === 'unseen') return [unseenKey(this.name, queue)];
    const sender = this.#world.role(this.#role);
    const needed = [
      sender.may('sqs:SendMessage', queue),
      ...(key ? [sender.may('kms:Decrypt', key), sender.may('kms:GenerateDataKey', key)] : []),
      this.#world.service('lambda.amazonaws.com').may('sts:AssumeRole', this.#role),
    ];
    const excessive = [
      sender.may('sqs:SendMessage', neighbourOf(queue)),
      ...['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:PurgeQueue'].map(action =>
        sender.may(action, queue),
      ),
    ];
    const plain = await sender.overPlainHttp().may('sqs:SendMessage', queue);
    return [
      ...(await Promise.all(needed)).filter(({ allowed }) => !allowed).map(verdict => `blocked: ${verdict}`),
      ...(await Promise.all(excessive)).filter(({ allowed }) => allowed).map(verdict => `open: ${verdict}`),
      ...(plain.forbidden ? [] : [`plaintext: ${plain}`]),
    ];
  }
}
