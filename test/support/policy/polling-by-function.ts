import type { DeployedResource } from './deployed-stack.ts';
import type { Edge } from './edge.ts';
import { encryptionOf, unseenKey } from './encryption.ts';
import { neighbourOf, type PolicyWorld } from './policy-world.ts';

/** A function's role takes messages from a queue, by way of an event source mapping. */
export class PollingByFunction implements Edge {
  readonly name: string;
  readonly #world: PolicyWorld;
  readonly #queue: DeployedResource;
  readonly #role: DeployedResource;
  readonly #othersQueues: readonly DeployedResource[];

  /** @param othersQueues queues that other roles take messages from. */
  constructor(
    world: PolicyWorld,
    queue: DeployedResource,
    role: DeployedResource,
    othersQueues: readonly DeployedResource[],
  ) {
    this.name = `${queue.path} → ${role.path}`;
    this.#world = world;
    this.#queue = queue;
    this.#role = role;
    this.#othersQueues = othersQueues;
  }

  async faults(): Promise<readonly string[]> {
    const world = this.#world;
    const queue = this.#queue;
    const key = encryptionOf(queue, world);
    if (key === 'unseen') return [unseenKey(this.name, queue)];

    const poller = world.role(this.#role);
    const lambda = world.service('lambda.amazonaws.com');
    const needed = [
      ...consumerActions.map(action => poller.may(action, queue)),
      ...(key ? [poller.may('kms:Decrypt', key)] : []),
      lambda.may('sts:AssumeRole', this.#role),
    ];
    const excessive = [
      ...[neighbourOf(queue), ...this.#othersQueues].flatMap(other =>
        consumerActions.map(action => poller.may(action, other)),
      ),
      ...ownerActions.map(action => poller.may(action, queue)),
      ...(key
        ? [poller.may('kms:Decrypt', neighbourOf(key)), poller.may('kms:ScheduleKeyDeletion', key)]
        : []),
      ...[world.service('ec2.amazonaws.com'), world.stranger(), world.outsider()].map(other =>
        other.may('sts:AssumeRole', this.#role),
      ),
    ];
    const plain = await poller.overPlainHttp().may('sqs:ReceiveMessage', queue);
    return [
      ...(await Promise.all(needed)).filter(({ allowed }) => !allowed).map(verdict => `blocked: ${verdict}`),
      ...(await Promise.all(excessive)).filter(({ allowed }) => allowed).map(verdict => `open: ${verdict}`),
      ...(plain.forbidden ? [] : [`plaintext: ${plain}`]),
    ];
  }
}

/**
 * What a consumer does with its queue.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
 */
const consumerActions = [
  'sqs:ReceiveMessage',
  'sqs:DeleteMessage',
  'sqs:GetQueueAttributes',
  'sqs:ChangeMessageVisibility',
];

/** What only the owner of a queue does with it. */
const ownerActions = ['sqs:AddPermission', 'sqs:DeleteQueue', 'sqs:PurgeQueue', 'sqs:SetQueueAttributes'];
