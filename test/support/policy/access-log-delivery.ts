import type { DeployedResource } from './deployed-stack.ts';
import type { Edge } from './edge.ts';
import { encryptionOf } from './encryption.ts';
import type { PolicyWorld } from './policy-world.ts';
import { type DeliverySource, ServiceDelivery } from './service-delivery.ts';

/** S3 writes who did what with a bucket as objects of another. */
export class AccessLogDelivery implements Edge {
  readonly name: string;
  readonly #delivery: ServiceDelivery;
  readonly #isUnderKey: boolean;

  /** @param key of an object that S3 writes. */
  constructor(world: PolicyWorld, source: DeliverySource, bucket: DeployedResource, key: string) {
    this.name = `${source.path} → ${bucket.path}`;
    this.#isUnderKey = encryptionOf(bucket, world) !== undefined;
    this.#delivery = new ServiceDelivery(world, {
      service: 'logging.s3.amazonaws.com',
      source,
      action: 's3:PutObject',
      destination: { ...bucket, arn: `${bucket.arn}/${key}` },
    });
  }

  /** @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/enable-server-access-logging.html */
  async faults(): Promise<readonly string[]> {
    return this.#isUnderKey
      ? [`blocked: ${this.name}: S3 writes no access logs into a bucket whose default is a key of KMS`]
      : this.#delivery.faults();
  }
}
