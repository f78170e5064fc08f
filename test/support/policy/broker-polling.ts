import type { DeployedResource } from './deployed-stack.ts';
import type { Edge } from './edge.ts';
import { neighbourOf, type PolicyWorld } from './policy-world.ts';

/** Polling of a broker for a function: Lambda assumes its role, finds the broker, and logs in with a secret. */
export class BrokerPolling implements Edge {
  readonly name: string;
  readonly #world: PolicyWorld;
  readonly #broker: DeployedResource;
  readonly #secret: DeployedResource;
  readonly #role: DeployedResource;

  constructor(
    world: PolicyWorld,
    { broker, secret, role }: Readonly<Record<'broker' | 'secret' | 'role', DeployedResource>>,
  ) {
    this.name = `${broker.path} → ${role.path}`;
    this.#world = world;
    this.#broker = broker;
    this.#secret = secret;
    this.#role = role;
  }

  async faults(): Promise<readonly string[]> {
    const world = this.#world;
    const poller = world.role(this.#role);
    const lambda = world.service('lambda.amazonaws.com');
    const key = world.referredTo(this.#secret.property('KmsKeyId'));
    if (key === undefined)
      return [`unseen: ${this.name}: the key of ${this.#secret.path} is not in this app`];
    const secretsManager = poller.by(`secretsmanager.${this.#secret.region}.amazonaws.com`);
    const needed = [
      poller.may('mq:DescribeBroker', this.#broker),
      poller.may('secretsmanager:GetSecretValue', this.#secret),
      secretsManager.may('kms:Decrypt', key),
      lambda.may('sts:AssumeRole', this.#role),
    ];
    const excessive = [
      poller.may('mq:DescribeBroker', neighbourOf(this.#broker)),
      poller.may('mq:DeleteBroker', this.#broker),
      poller.may('secretsmanager:GetSecretValue', neighbourOf(this.#secret)),
      poller.may('secretsmanager:PutSecretValue', this.#secret),
      poller.may('kms:Decrypt', key),
      secretsManager.may('kms:Decrypt', neighbourOf(key)),
      ...[world.service('ec2.amazonaws.com'), world.stranger(), world.outsider()].map(other =>
        other.may('sts:AssumeRole', this.#role),
      ),
    ];
    return [
      ...(await Promise.all(needed)).filter(({ allowed }) => !allowed).map(verdict => `blocked: ${verdict}`),
      ...(await Promise.all(excessive)).filter(({ allowed }) => allowed).map(verdict => `open: ${verdict}`),
    ];
  }
}
