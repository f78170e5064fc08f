import { arnElsewhere, foreignAccount, foreignRegion } from './account.ts';
import type { Caller } from './caller.ts';
import type { DeployedResource } from './deployed-stack.ts';
import type { Edge } from './edge.ts';
import { encryptionOf, unseenKey } from './encryption.ts';
import type { PolicyWorld, Source } from './policy-world.ts';

/** Where messages come from, as the service that brings them names it. */
export interface DeliverySource extends Source {
  readonly path: string;
  readonly arn: string;
  readonly account: string;
  /**
   * The part of the ARN that is its own, so that a neighbour has another in its place; undefined where AWS
   * documents the account as the narrowest source.
   */
  readonly name: string | undefined;
}

export interface DeliveryDetails {
  /** Service principal that delivers, `sns.amazonaws.com`. */
  readonly service: string;
  readonly source: DeliverySource;
  /** What the service does with the destination, `sqs:SendMessage`. */
  readonly action: string;
  readonly destination: DeployedResource;
}

/** Actions whose resources can be reached without TLS, unless their policy forbids it. */
const reachableOverPlainHttp = /^(sqs|sns|s3):/;

/** What a service does with the key of what it delivers to. */
const keyActions = ['kms:Decrypt', 'kms:GenerateDataKey'];

/**
 * Delivery by an AWS service into a resource that lets it in by its policy, and by that of the key that
 * encrypts it: for this source, and for nobody else.
 */
export class ServiceDelivery implements Edge {
  readonly name: string;
  readonly #world: PolicyWorld;
  readonly #details: DeliveryDetails;

  constructor(world: PolicyWorld, details: DeliveryDetails) {
    this.name = `${details.source.path} → ${details.destination.path}`;
    this.#world = world;
    this.#details = details;
  }

  async faults(): Promise<readonly string[]> {
    const { action, destination } = this.#details;
    const key = encryptionOf(destination, this.#world);
    if (key === 'unseen') return [unseenKey(this.name, destination)];
    const steps = [
      { action, target: destination },
      ...(key ? keyActions.map(keyAction => ({ action: keyAction, target: key })) : []),
    ];
    const faults = await Promise.all(steps.map(step => this.#faultsOf(step.action, step.target)));
    return faults.flat();
  }

  async #faultsOf(action: string, target: DeployedResource): Promise<readonly string[]> {
    const deliverer = this.#world.service(this.#details.service, this.#details.source);
    const faults: string[] = [];
    const delivered = await deliverer.may(action, target);
    if (!delivered.allowed) faults.push(`blocked: ${delivered}`);
    for (const neighbour of this.#neighbours()) {
      const verdict = await neighbour.may(action, target);
      if (verdict.allowed) faults.push(`open: ${verdict}`);
    }
    if (reachableOverPlainHttp.test(action)) {
      const verdict = await deliverer.overPlainHttp().may(action, target);
      if (!verdict.forbidden) faults.push(`plaintext: ${verdict}`);
    }
    return faults;
  }

  /** Those who are most like the one that delivers, and must not. */
  #neighbours(): readonly Caller[] {
    const { service, source } = this.#details;
    const world = this.#world;
    const otherService = service === 'events.amazonaws.com' ? 's3.amazonaws.com' : 'events.amazonaws.com';
    const similar: readonly Source[] = [
      ...(source.name === undefined
        ? []
        : [{ arn: source.arn.replace(source.name, 'neighbour'), account: source.account }]),
      { arn: arnElsewhere(source.arn, { account: foreignAccount }), account: foreignAccount },
      { arn: arnElsewhere(source.arn, { region: foreignRegion }), account: source.account },
    ];
    return [
      // S3 names no region in the ARN of a bucket, so that its other region is the same bucket.
      ...similar
        .filter(({ arn, account }) => arn !== source.arn || account !== source.account)
        .map(other => world.service(service, other)),
      world.service(service),
      world.service(otherService, source),
      world.stranger(),
      world.outsider(),
      world.anybody(),
    ];
  }
}
