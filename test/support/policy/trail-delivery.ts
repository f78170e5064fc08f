import { arnElsewhere, foreignAccount } from './account.ts';
import type { Caller } from './caller.ts';
import type { DeployedResource } from './deployed-stack.ts';
import type { Edge } from './edge.ts';
import type { PolicyWorld } from './policy-world.ts';
import type { DeliverySource } from './service-delivery.ts';

export interface TrailDeliveryDetails {
  readonly trail: DeliverySource;
  readonly bucket: DeployedResource;
  /** Key of the trail, which it encrypts with before it delivers. */
  readonly key: DeployedResource;
}

/** Objects of a trail, which CloudTrail writes for that trail and nobody else, and encrypts in its context. */
export class TrailDelivery implements Edge {
  readonly name: string;
  readonly #world: PolicyWorld;
  readonly #details: TrailDeliveryDetails;

  constructor(world: PolicyWorld, details: TrailDeliveryDetails) {
    this.name = `${details.trail.path} → ${details.bucket.path}`;
    this.#world = world;
    this.#details = details;
  }

  async faults(): Promise<readonly string[]> {
    const { trail } = this.#details;
    const cloudTrail = this.#world.service('cloudtrail.amazonaws.com', trail);
    const faults = await Promise.all(
      this.#steps().map(async ({ action, target, context, mayBePlain }) => {
        const asked = (caller: Caller) => caller.with(context).may(action, target);
        const delivered = await asked(cloudTrail);
        const excessive = await Promise.all(this.#neighbours().map(asked));
        const plain = await asked(cloudTrail.overPlainHttp());
        return [
          ...(delivered.allowed ? [] : [`blocked: ${delivered}`]),
          ...excessive.filter(({ allowed }) => allowed).map(verdict => `open: ${verdict}`),
          ...(mayBePlain || plain.forbidden ? [] : [`plaintext: ${plain}`]),
        ];
      }),
    );
    const outOfContext = await cloudTrail
      .with({ 'kms:EncryptionContext:aws:cloudtrail:arn': trail.arn.replace(/[^/]+$/, 'neighbour') })
      .may('kms:GenerateDataKey', this.#details.key);
    return [...faults.flat(), ...(outOfContext.allowed ? [`open: ${outOfContext}`] : [])];
  }

  #steps() {
    const { trail, bucket, key } = this.#details;
    const object = { ...bucket, arn: `${bucket.arn}/AWSLogs/${trail.account}/CloudTrail/any` };
    const inContext = { 'kms:EncryptionContext:aws:cloudtrail:arn': trail.arn };
    const owned = { 's3:x-amz-acl': 'bucket-owner-full-control' };
    return [
      { action: 's3:GetBucketAcl', target: bucket, context: {}, mayBePlain: false },
      {
        action: 's3:PutObject',
        target: { ...object, path: bucket.path, account: bucket.account },
        context: owned,
        mayBePlain: false,
      },
      { action: 'kms:GenerateDataKey', target: key, context: inContext, mayBePlain: true },
      { action: 'kms:DescribeKey', target: key, context: {}, mayBePlain: true },
    ];
  }

  #neighbours(): readonly Caller[] {
    const { trail } = this.#details;
    const world = this.#world;
    const others = [
      { arn: trail.arn.replace(/[^/]+$/, 'neighbour'), account: trail.account },
      { arn: arnElsewhere(trail.arn, { account: foreignAccount }), account: foreignAccount },
    ];
    return [
      ...others.map(other => world.service('cloudtrail.amazonaws.com', other)),
      world.service('cloudtrail.amazonaws.com'),
      world.service('events.amazonaws.com', trail),
      world.stranger(),
      world.outsider(),
      world.anybody(),
    ];
  }
}
